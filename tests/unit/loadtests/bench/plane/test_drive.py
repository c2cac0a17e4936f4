"""The bench of a worker without sockets drives the real worker, whichever request it is."""

import gc
from itertools import pairwise
from pathlib import Path

import pytest

from loadtests.bench.plane.drive import CASES, Drive


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Drive:
    return Drive(tmp_path_factory.mktemp("keys"))


@pytest.mark.parametrize("name", CASES)
def test_every_request_is_answered_by_a_side(drive: Drive, name: str) -> None:
    before = sum(side.requests for side in _sides(drive))
    drive.cost(name, 7)
    assert sum(side.requests for side in _sides(drive)) == before + 57  # 50 to warm up
    assert not drive.gateway.counters.client.bad_requests


@pytest.mark.python_build
def test_the_way_names_files_of_the_checkout_and_begins_at_the_client(drive: Drive) -> None:
    way = drive.way("read")
    assert way[0] == way[-1] == "facade/proxy/downstream/inbound.py"
    assert all(not one.startswith(("/", ".venv")) for one in way)
    assert all(before != after for before, after in pairwise(way))


@pytest.mark.python_build
def test_what_the_garbage_collector_calls_is_not_on_the_way(drive: Drive) -> None:
    def called(*_: object) -> None:
        """Lies in this file, which is one of the checkout."""

    before = gc.get_threshold()
    gc.callbacks.append(called)
    gc.set_threshold(1)
    try:
        way = drive.way("read")
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(called)
    assert not [one for one in way if one.startswith("tests/")]


@pytest.mark.python_build
def test_the_checkout_of_the_driver_is_this_one(drive: Drive) -> None:
    root = Path(__file__).parents[5]
    assert all((root / file).is_file() for file in drive.way("customer's write"))


def _sides(drive: Drive) -> list[object]:
    counts = drive.gateway.counters.routes.values()
    return [side for one in counts for side in (one.legacy, one.new)]


def test_a_copied_read_is_copied(drive: Drive) -> None:
    shadow = drive.gateway.counters.of_route("copied").shadow
    before = shadow.completed
    drive.cost("copied read", 3)
    assert shadow.completed == before + 53


def test_a_limited_read_is_limited_where_the_checkout_knows_limits(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive.cost("limited read", 3)
    assert drive.gateway.counters.of_route("limited").limits["many"].passed >= 53
    monkeypatch.setattr(drive, "limits", False)
    assert (drive.cost("limited read", 3), drive.way("limited read")) == (None, [])
    assert drive.cost("read", 3)
