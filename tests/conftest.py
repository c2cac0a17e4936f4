"""What tests of every kind share."""

import random
import socket

import pytest

from fig.ports import END, WIDTH


def _all_free(base: int) -> bool:
    for port in range(base, base + WIDTH):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


@pytest.fixture
def port_base() -> int:
    """Enough free ports in a row for a stack."""
    dice = random.Random()
    return next(base for _ in range(1000) if _all_free(base := dice.randint(10000, END - WIDTH)))
