"""A client that has left takes what comes and says nothing."""

import pytest

from facade.proxy.client import Absent


class Gone:
    facts = object()
    gate = object()


def test_it_stands_for_a_client_that_left() -> None:
    absent = Absent(Gone())  # type: ignore[arg-type]
    assert (absent.facts, absent.gate) == (Gone.facts, Gone.gate)
    absent.write(b"a")
    absent.writelines([b"a"])
    absent.peer_full(True)
    absent.break_off()
    absent.done(keep=True)
    with pytest.raises(RuntimeError, match="has left"):
        absent.hand_over()
