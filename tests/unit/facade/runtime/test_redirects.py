"""A lease on an upstream's place: given, renewed, run out, damaged."""

import json

from chassis.registry.redirects import Addresses
from facade.runtime.redirects import Redirects

SIDECAR = {"legacy": ["http://127.0.0.1:40123"]}


class Worker:
    """What a worker would use, and its clock."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.used: list[Addresses] = []
        self.redirects = Redirects(self.used.append, lambda: self.now)

    def take(self, until: float, addresses: object = SIDECAR) -> None:
        self.redirects.take(json.dumps({"until": until, "addresses": addresses}).encode())


def test_a_lease_counts_until_it_runs_out() -> None:
    worker = Worker()
    worker.take(until=1003.0)
    worker.now = 1002.9
    worker.redirects.tick()
    assert worker.used == [SIDECAR]
    worker.now = 1003.0
    worker.redirects.tick()
    assert worker.used == [SIDECAR, {}]


def test_a_renewed_lease_changes_nothing_and_lasts() -> None:
    worker = Worker()
    worker.take(until=1003.0)
    worker.now = 1002.0
    worker.take(until=1005.0)
    worker.now = 1004.0
    worker.redirects.tick()
    assert worker.used == [SIDECAR]


def test_a_lease_that_a_crash_left_behind_is_not_taken() -> None:
    worker = Worker()
    worker.take(until=999.0)
    assert worker.used == []


def test_a_damaged_file_ends_what_was_lent() -> None:
    worker = Worker()
    worker.take(until=1003.0)
    worker.redirects.take(b'{"until": "soon", "addresses": {}}')
    assert worker.used == [SIDECAR, {}]
