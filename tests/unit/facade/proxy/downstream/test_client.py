"""A client that has left takes what comes and says nothing."""

import pytest

from facade.proxy.downstream.client import Absent
from tests.rigs.facade.wires.ends import FakeClient
from tests.rigs.facade.wires.wire import FakeTransport


def test_it_stands_for_a_client_that_left() -> None:
    gone = FakeClient(FakeTransport(None, ("a", 1)))  # type: ignore[arg-type]
    absent = Absent(gone)
    assert absent.facts is gone.facts
    assert absent.gate is gone.gate
    absent.write(b"a")
    absent.writelines([b"a"])
    absent.peer_full(True)
    absent.break_off()
    absent.done(keep=True)
    with pytest.raises(RuntimeError, match="has left"):
        absent.hand_over()
