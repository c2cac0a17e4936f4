"""A route in canary under load goes back by itself, and takes every client with it."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.guards.conftest import Shop, Side

pytestmark = pytest.mark.timeout(400)  # above what `until` waits, so that it says what it saw

# Seconds from the evidence to the move, and from there to the last of the company: a fifth of one
# where nothing else runs.
ACTS_WITHIN = 10.0
QUIET = 1.0  # seconds, in which clients on the new side would ask some hundred times


def test_copies_that_are_declined_move_nothing_and_prove_nothing(
    open_shop: Callable[..., Shop],
) -> None:
    """As many failures of the new side alone would have moved it back after a dozen."""
    shop = open_shop(stage="shadow", limits="max_error_ratio: 1.5")

    def pairs() -> dict[str, int]:
        return next(one for one in shop.get("/api/status")["routes"] if one["name"] == "item")[
            "compare"
        ]

    with shop.load():
        shop.fresh.behind = 0.3
        shop.until("many were declined", lambda: pairs()["declined"] >= 40)
        guard = shop.until("the guard has seen them", lambda: heard(shop, 40))
        assert guard["kind"] != "back", guard["words"]
        assert (pairs()["failed"], pairs()["mismatched"]) == (0, 0)
        shop.fresh.behind = 1.0
        guard = shop.until("it holds", lambda: "declined" in shop.guard()["words"] and shop.guard())
    assert guard["kind"] == "hold", guard["words"]
    against = shop.get("/api/compare", route="item")["routes"][0]
    assert against["declined"] > against["compared"]
    assert (shop.stage(), [one for one in shop.moves() if one[3] == "guard"]) == ("shadow", [])


def heard(shop: Shop, declined: int) -> Any:
    """The guard's word, once its window has so many copies that were declined."""
    guard = shop.guard()
    seen = max(one["numbers"].get("pairs_declined", 0) for one in guard["findings"])
    return guard if seen >= declined else None


def moved_back(shop: Shop) -> dict[str, Any]:
    """Wait until the route is in shadow; the guard's first entry in the journal."""
    shop.until("the route is moved back", lambda: shop.stage() == "shadow")
    shop.until("the journal says so", lambda: shop.moves()[-1:] and shop.moves()[-1][2] == "shadow")
    return next(one for one in shop.journal(limit="500") if one["by"] == "guard")


def ways(shop: Shop, route: str) -> list[tuple[str, ...]]:
    """Before, after and by whom of each move of a route."""
    return [move[1:] for move in shop.moves() if move[0] == route]


def quiet(side: Side) -> bool:
    """Whether no client has come for QUIET seconds."""
    return time.time() - max([*side.seen.values()]) > QUIET


def sealed(shop: Shop, entry: dict[str, Any]) -> Any:
    import json

    name = entry["sealed"].split()[0]
    return json.loads((shop.runtime / "journal" / "evidence" / name).read_text())


def test_a_fault_of_1_percent_is_moved_back_soon_after_the_evidence(
    open_shop: Callable[..., Shop],
) -> None:
    shop = open_shop()
    with shop.load(threads=4, pause=0.002):
        shop.until("clients are on the new side", lambda: len(shop.fresh.seen) > 5)
        shop.fresh.wrong = 0.01
        entry = moved_back(shop)
        shop.until("the whole company is there", lambda: shop.stage("list") == "shadow")
        # What was decided before may still be on its way there.
        shop.until("no client comes to the new side any more", lambda: quiet(shop.fresh))
    assert (entry["route"], entry["before"], entry["after"]) == ("item", "canary 50%", "canary 0%")
    assert entry["why"].startswith("mismatch of item: ")
    evidence = sealed(shop, entry)
    assert entry["at"] - evidence["window"]["last"] < ACTS_WITHIN
    shop.until("both moves of the list are entered", lambda: len(ways(shop, "list")) == 2)
    last = max(one["at"] for one in shop.journal(limit="500") if one["route"] == "list")
    assert last - entry["at"] < ACTS_WITHIN
    assert "# the one that moves" in shop.file.read_text()
    assert ways(shop, "list") == [
        ("canary 50%", "canary 0%", "guard"), ("canary 0%", "shadow", "guard"),
    ]  # fmt: skip
    assert shop.get("/api/journal/verify")["ok"]


@pytest.mark.parametrize("trouble", ["errors", "latency", "gone"])
def test_errors_latency_and_a_lost_service_are_moved_back_likewise(
    open_shop: Callable[..., Shop], trouble: str
) -> None:
    shop = open_shop()
    with shop.load():
        shop.until("clients are on the new side", lambda: len(shop.fresh.seen) > 5)
        if trouble == "errors":
            shop.fresh.failing = 0.3
        elif trouble == "latency":
            shop.fresh.delay = 0.2
        else:
            shop.fresh.stop()
        entry = moved_back(shop)
    cause = entry["why"].partition(" of item")[0]
    expected = {
        "errors": {"errors", "mismatch"},
        "latency": {"latency"},
        "gone": {"errors", "breaker"},
    }
    assert cause in expected[trouble], entry["why"]


ALIKE = "max_error_ratio: 1.5, max_p95_ratio: 1.5"


# An error that strikes one side at random is a pair that differs: it has no place in the first.
@pytest.mark.parametrize(
    ("limits", "failing"), [(f"max_mismatch: 0.1%, {ALIKE}", 0), (ALIKE, 0.005)]
)
def test_a_copy_of_legacy_as_new_side_is_never_moved_back(
    open_shop: Callable[..., Shop], limits: str, failing: float
) -> None:
    """The traffic of a quarter of an hour at a few requests a second."""
    shop = open_shop(limits=limits)
    shop.legacy.failing = shop.fresh.failing = failing

    def compared() -> int:
        status = shop.get("/api/status")["routes"]
        return next(one["compare"]["compared"] for one in status if one["name"] == "item")

    with shop.load(threads=6) as load:
        shop.until("a quarter of an hour has passed", lambda: load.asked > 3_000, 300)
        shop.until("many of them were compared", lambda: compared() > 300)
    guard = shop.guard()
    assert guard["kind"] != "back", guard
    assert load.failed <= 0.02 * load.asked
    assert shop.moves() == [], shop.journal()
    assert shop.stage() == "canary 50"
