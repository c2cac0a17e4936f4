"""A cutover that breaks at any of its steps leaves one owner; and one look ends what was left."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chassis.ownership import driver as module
from chassis.ownership.driver import Driver, NotBegun
from chassis.ownership.record import Owner, Phase
from chassis.ownership.reverse import ReverseFeed
from chassis.ownership.sides import FenceBusy, LegacyAway
from tests.rigs.ownership.protocol import LSN, MemoryLegacy, MemoryRecords, MemorySide


class Quiet(ReverseFeed):
    """Everything is written, or nothing ever will be."""

    done = True

    async def drained(self) -> bool:
        return self.done


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Driver:
    monkeypatch.setattr(module, "REACH_SECONDS", 0.05)
    monkeypatch.setattr(module, "CLOSE_SECONDS", 0.05)
    records = MemoryRecords()
    legacy, own = MemoryLegacy(records), MemorySide()
    return Driver(records, legacy, own, Quiet("", records, legacy, own))


def parts(driver: Driver) -> tuple[Any, Any, Any]:
    return driver.records, driver.legacy, driver.own


async def move(driver: Driver, toward: Owner) -> None:
    await driver.begin(toward, "somebody")
    assert driver._carrying is not None
    await driver._carrying


def writers(driver: Driver) -> list[Owner]:
    records, legacy, _ = parts(driver)
    new = records.stored.writer is Owner.NEW
    return [owner for owner, may in ((Owner.LEGACY, legacy.fence.open), (Owner.NEW, new)) if may]


async def test_there_and_back(driver: Driver) -> None:
    records, legacy, own = parts(driver)
    await move(driver, Owner.NEW)
    assert (records.stored.owner, records.stored.epoch, records.stored.window_open) == (
        Owner.NEW, 2, True,
    )  # fmt: skip
    assert (own.taken, records.stored.numbers) == ({"orders": 7}, {"orders": 7})
    assert records.stored.since_lsn == LSN
    assert writers(driver) == [Owner.NEW]
    assert [step for step, _ in driver.steps] == ["fence", "reach", "compare", "switch"]

    await move(driver, Owner.LEGACY)
    assert (records.stored.owner, records.stored.epoch, records.stored.window_open) == (
        Owner.LEGACY, 3, False,
    )  # fmt: skip
    assert legacy.handed == {"orders": 9}
    assert writers(driver) == [Owner.LEGACY]
    assert [step for step, _ in driver.steps] == [
        *("fence", "reach", "compare", "hand back", "switch", "open"),
    ]


async def test_an_order_that_comes_late_begins_nothing(driver: Driver) -> None:
    """It lay in the socket of a process that stood still; its command has given it up since."""
    seen = (await driver.records.look()).attempt
    after = await driver.withdraw(seen)
    assert (after.attempt, after.writer) == (seen + 1, Owner.LEGACY)
    with pytest.raises(NotBegun, match="too late"):
        await driver.begin(Owner.NEW, "late", seen)
    begun = await driver.begin(Owner.NEW, "in time", seen + 1)
    assert await driver.withdraw(begun.attempt) == begun, "one that has begun goes on"
    assert driver._carrying is not None
    await driver._carrying
    assert writers(driver) == [Owner.NEW]


def raises(at: str, error: Exception) -> Callable[[str], None]:
    def broken(name: str) -> None:
        if name == at:
            raise error

    return broken


async def test_an_abort_names_why_and_the_old_owner_goes_on(driver: Driver) -> None:
    records, legacy, _ = parts(driver)
    cases: dict[str, Callable[[], None]] = {
        "in the way": lambda: setattr(legacy, "broken", raises("close", FenceBusy("in the way"))),
        "the read model is behind": lambda: setattr(legacy, "behind", True),
        "the two sides differ": lambda: setattr(legacy, "counted", {"products": "4"}),
    }
    for words, break_it in cases.items():
        break_it()
        await move(driver, Owner.NEW)
        assert words in records.stored.words
        assert (records.stored.owner, records.stored.phase) == (Owner.LEGACY, Phase.SETTLED)
        assert writers(driver) == [Owner.LEGACY], words
        legacy.broken, legacy.behind, legacy.counted = lambda _: None, False, {"products": "3"}
    await move(driver, Owner.NEW)
    assert writers(driver) == [Owner.NEW]


async def test_sums_that_the_last_echo_makes_equal_are_waited_for(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REACH_SECONDS", 60.0)  # three looks, on a busy machine too
    _, legacy, _ = parts(driver)
    looks: list[object] = []

    async def sums() -> dict[str, str]:
        looks.append(None)
        return {"products": "3" if len(looks) > 2 else "2"}

    legacy.sums = sums
    await move(driver, Owner.NEW)
    assert writers(driver) == [Owner.NEW]
    assert len(looks) == 3


async def test_a_way_back_that_is_not_drained_stays_with_the_new_side(driver: Driver) -> None:
    await move(driver, Owner.NEW)
    driver.reverse.done = False  # type: ignore[attr-defined]
    await move(driver, Owner.LEGACY)
    assert "the reverse feed is behind" in driver.records.stored.words  # type: ignore[attr-defined]
    assert writers(driver) == [Owner.NEW]


@pytest.mark.parametrize("toward", Owner)
@pytest.mark.parametrize("at", range(8))
async def test_cut_off_from_both_databases_at_any_call(
    driver: Driver, toward: Owner, at: int
) -> None:
    records, legacy, _ = parts(driver)
    if toward is Owner.LEGACY:
        await move(driver, Owner.NEW)
    calls = 0

    def broken(_: str) -> None:
        nonlocal calls
        calls += 1
        if calls > at:
            raise LegacyAway("cut off")

    records.broken = legacy.broken = broken
    with contextlib.suppress(LegacyAway):  # before it was begun
        await move(driver, toward)
    assert len(writers(driver)) < 2
    # everything is there again, the lease is over, and any instance looks
    records.broken = legacy.broken = lambda _: None
    records.lease_over()
    assert await driver.mend() == ""
    await driver.mend()
    assert records.stored.phase is Phase.SETTLED
    assert writers(driver) == [records.stored.owner]


async def test_what_cannot_be_begun_says_why(driver: Driver) -> None:
    _, legacy, _ = parts(driver)
    with pytest.raises(NotBegun, match="owned by legacy already"):
        await driver.begin(Owner.LEGACY, "somebody")
    legacy.trouble = "the trigger is gone"
    with pytest.raises(NotBegun, match="trigger is gone"):
        await driver.begin(Owner.NEW, "somebody")
    legacy.trouble, legacy.behind = "", True
    await driver.begin(Owner.NEW, "anna")
    with pytest.raises(NotBegun, match="anna is moving goods already"):
        await driver.begin(Owner.NEW, "ben")
    assert driver._carrying is not None
    await driver._carrying


async def test_a_frozen_driver_that_wakes_up_does_nothing(driver: Driver) -> None:
    records, legacy, own = parts(driver)
    asleep, awake = asyncio.Event(), asyncio.Event()

    class Freezing(MemorySide):
        async def take(self, numbers: Any) -> None:
            asleep.set()
            await awake.wait()

    driver.own = Freezing()
    await driver.begin(Owner.NEW, "somebody")
    await asleep.wait()
    records.lease_over()
    other = Driver(records, legacy, own, driver.reverse)
    await other.mend()
    assert writers(driver) == [Owner.LEGACY]
    before = records.stored, legacy.fence
    awake.set()
    assert driver._carrying is not None
    await driver._carrying
    assert (records.stored, legacy.fence) == before


async def test_the_watch_names_a_fence_that_does_not_stand(driver: Driver) -> None:
    records, legacy, _ = parts(driver)
    await move(driver, Owner.NEW)
    legacy.fence = type(legacy.fence)()
    assert "open" in await driver.mend()
    legacy.fence = type(legacy.fence)(Owner.NEW, 2, records.stored.attempt)
    records.rogues = "update product 1"
    assert await driver.mend() == "written past the fence: update product 1"
    records.rogues = ""
    await move(driver, Owner.LEGACY)
    # opened for nobody: legacy owns the goods, and its fence is closed
    legacy.fence = type(legacy.fence)(Owner.NEW, 3, records.stored.attempt)
    assert await driver.mend() == ""
    assert writers(driver) == [Owner.LEGACY]


async def test_behind_a_closed_window_the_fence_is_not_looked_at(driver: Driver) -> None:
    records, legacy, _ = parts(driver)
    await move(driver, Owner.NEW)

    def gone(_: str) -> None:
        raise LegacyAway("the database does not exist")

    legacy.broken = gone
    with pytest.raises(LegacyAway):
        await driver.mend()
    records.stored = replace(records.stored, window_open=False)
    assert await driver.mend() == ""
