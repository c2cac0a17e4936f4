"""Ports for servers of tests: below those that the system gives to outgoing connections.

A port that the system picks itself may be an outgoing connection's a moment later, and then the
server that wanted it does not come up. Each worker of the tests takes ports of its own, one after
the other; whole stacks take theirs below FIRST.
"""

import itertools
import os
import random
import socket
from collections.abc import Iterator

from fig.stack.ports import END, WIDTH

FIRST = 20_000
WORKERS = 8  # that have ports of their own; those of more workers share them
_SHARE = (END - FIRST) // WORKERS


def _candidates() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
    begin = FIRST + worker * _SHARE
    start = random.randrange(_SHARE)  # other runs on this machine begin elsewhere
    return itertools.cycle(begin + (start + at) % _SHARE for at in range(_SHARE))


_PORTS = _candidates()


def free_port() -> int:
    """A port on which nobody listens just now."""
    while True:
        port = next(_PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def free_base() -> int:
    """Of as many free ports in a row as a whole stack needs."""
    dice = random.Random()
    return next(base for _ in range(1000) if _all_free(base := dice.randint(10000, FIRST - WIDTH)))


def _all_free(base: int) -> bool:
    for port in range(base, base + WIDTH):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
