"""A count on the shelf is done once, whatever becomes of its answer, of the feed, and of the stock
in between: no piece comes from nowhere.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.readmodel.watermark import Watermark
from chassis.saga import MemoryStore, Phase, Runner, State
from chassis.saga.of_record import CERTAIN_SECONDS
from chassis.saga.runner import Limits
from contracts.back_office import Article, Count
from contracts.record import Customer, RecordAway, RecordRefused, RecordSilent
from new_services.inventory import counts
from new_services.inventory.saga import PIVOT, Stories, counting
from tests.rigs.sagas.due import run_due
from tests.rigs.sagas.faults import VirtualClock

BOSS = Customer("a@b.c", "A", "sealed")
VARIANT = "TENT-0"
COUNTED = Count("TENT", VARIANT, 7)
STEP_SECONDS = 2.0
UNDER_WAY = 12.0  # less than anticorruption's Limits.under_way: by then nothing is under way


@dataclass
class Shop:
    """The monolith's ledger of one variant, and what the feed has published of it."""

    time: VirtualClock
    plan: list[str]  # what becomes of each attempt; afterwards all goes well
    ledger: list[tuple[str, int]] = field(default_factory=lambda: [("INIT", 10)])
    published: int = 1
    late: float | None = None  # when an attempt that was given up has its effect
    effects: int = 0
    sent: int = 0

    @property
    def stock(self) -> int:
        return sum(change for _, change in self.ledger)

    def set_to(self, pieces: int) -> None:
        self.effects += 1
        if pieces != self.stock:
            self.ledger.append(("ADJUST", pieces - self.stock))

    def sell(self) -> None:
        self.ledger.append(("SALE", -1))

    def tick(self) -> None:
        if self.late is not None and self.time.monotonic() >= self.late:
            self.late = None
            self.set_to(COUNTED.pieces)

    async def save(self, _: Customer, __: Article, ___: float) -> None:
        raise AssertionError("a count saves no article")

    async def count(self, _: Customer, counted: Count, __: float) -> None:
        self.sent += 1
        match self.plan.pop(0) if self.plan else "well":
            case "away":
                raise RecordAway("not reached")
            case "refused":
                raise RecordRefused(403, {"error": "Staff only"})
            case "lost":
                raise RecordSilent("the answer is lost, and so was the request")
            case "late":
                self.late = self.time.monotonic() + UNDER_WAY
                raise RecordSilent("given up while it was under way")
            case "cut":
                self.set_to(counted.pieces)
                raise RecordSilent("cut after the commit")
        self.set_to(counted.pieces)


class World:
    """The saga over that shop; the feed tells everything at each step, or stands still."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *plan: str) -> None:
        self.time = VirtualClock(1_800_000_000.0)
        self.shop = Shop(self.time, list(plan))
        self.watermark = Watermark(self.time.now, self.time.monotonic)
        self.store = MemoryStore(self.time.now)
        nothing: Any = None
        sagas = Stories(nothing, self.shop, self.watermark, self).sagas()
        self.runner = Runner(self.store, sagas, self.time, "here", Limits(patience=0.0))
        self.feeding, self.ours = True, False
        for name in ("last", "is_counted", "has_moved", "stock"):
            monkeypatch.setattr(counts, name, getattr(self, name))

    def _published(self) -> list[tuple[str, int]]:
        return self.shop.ledger[: self.shop.published]

    async def count(self, saga_id: str, _: Count) -> bool:
        """By our own ledger."""
        assert saga_id == "count-stock:k"
        return self.ours

    async def last(self, *_: object) -> int:
        return len(self._published())

    async def is_counted(self, _: object, counted: Count, since: int) -> bool:
        total = 0
        for number, (reason, change) in enumerate(self._published(), start=1):
            total += change
            if reason == "ADJUST" and number > since and total == counted.pieces:
                return True
        return False

    async def has_moved(self, _: object, __: str, since: int) -> bool:
        return len(self._published()) > since

    async def stock(self, *_: object) -> int:
        return sum(change for _, change in self._published())

    async def start(self) -> State:
        last = await self.last()
        await self.runner.start(counting("k", BOSS, COUNTED, last))
        return await self.state()

    async def step(self) -> None:
        self.shop.tick()
        if self.feeding:
            self.shop.published = len(self.shop.ledger)
            self.watermark.advance(int(self.time.now() * 1e6))
        await self.time.sleep(STEP_SECONDS)
        await run_due(self.runner)

    async def state(self) -> State:
        return (await self.store.load("count-stock:k")).state

    async def over(self) -> State:
        for _ in range(200):
            if (await self.state()).phase.ended:
                break
            await self.step()
        return await self.state()


async def test_a_count_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch)
    assert (await world.start()).phase is Phase.DONE
    assert (world.shop.stock, world.shop.sent) == (7, 1)


async def test_a_lost_answer_is_found_in_the_ledger_and_nothing_is_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, "cut")
    await world.start()
    world.shop.sell()  # the same count again would add a piece from nowhere
    state = await world.over()
    assert (state.phase, world.shop.stock, world.shop.sent) == (Phase.DONE, 6, 1)


async def test_what_came_to_nothing_is_sent_again_once_that_is_certain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, "lost")
    began = world.time.monotonic()
    await world.start()
    state = await world.over()
    assert (state.phase, world.shop.stock, world.shop.sent) == (Phase.DONE, 7, 2)
    assert world.time.monotonic() - began >= CERTAIN_SECONDS


async def test_after_a_sale_a_count_that_came_to_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, "lost")
    await world.start()
    world.shop.sell()
    state = await world.over()
    assert (state.phase, world.shop.stock, world.shop.sent) == (Phase.UNDONE, 9, 1)
    said = "The stock of TENT-0 has changed since you counted it: count it again."
    assert state.answer == {"status": 409, "body": {"problem": said}}


async def test_a_count_that_changed_nothing_is_not_sent_again_after_a_sale(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, "cut")
    world.shop.ledger = [("INIT", 7)]  # counted as it stands: the ledger has no line of it
    await world.start()
    world.shop.sell()
    state = await world.over()
    assert (state.phase, world.shop.stock, world.shop.sent) == (Phase.UNDONE, 6, 1)


async def test_a_count_that_changed_nothing_is_done_where_nothing_has_moved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, "cut")
    world.shop.ledger = [("INIT", 7)]
    await world.start()
    state = await world.over()
    assert (state.phase, world.shop.stock, world.shop.sent) == (Phase.DONE, 7, 1)


async def test_what_was_certainly_not_sent_is_tried_again_at_once_unless_the_stock_moved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, "away", "away")
    await world.start()
    state = await world.over()
    assert (state.phase, world.shop.stock, world.shop.sent) == (Phase.DONE, 7, 3)

    world = World(monkeypatch, "away")
    await world.start()
    world.shop.sell()
    state = await world.over()
    assert (state.phase, world.shop.stock, world.shop.sent) == (Phase.UNDONE, 9, 1)


async def test_a_refusal_is_for_the_staff(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, "refused")
    state = await world.start()
    assert (state.phase, world.shop.stock) == (Phase.UNDONE, 10)
    assert state.answer == {"status": 403, "body": {"error": "Staff only"}}


async def test_while_the_feed_stands_still_nothing_is_guessed_and_then_a_person_decides(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, "lost")
    world.feeding = False
    await world.start()
    state = await world.over()
    assert (state.phase, world.shop.sent) == (Phase.PARKED, 1)
    assert "outcome unknown" in state.reason and PIVOT.deadline is not None
    # What that person may order: to give it up, for which there is nothing to undo.
    state = await world.runner.order("count-stock:k", "compensate")
    assert (state.phase, world.shop.sent) == (Phase.UNDONE, 1)


_FATES = st.sampled_from(["well", "away", "lost", "late", "cut", "refused"])


@settings(deadline=None)
@given(
    plan=st.lists(_FATES, max_size=4),
    before=st.sampled_from([7, 8, 10]),
    sales=st.sets(st.integers(0, 60), max_size=3),
    silent=st.sets(st.integers(0, 60), max_size=40),
)
async def test_whatever_happens_it_has_at_most_one_effect(
    plan: list[str], before: int, sales: set[int], silent: set[int]
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        world = World(monkeypatch, *plan)
        world.shop.ledger = [("INIT", before)]
        await world.start()
        for number in range(150):
            if number in sales:
                world.shop.sell()
            world.feeding = number not in silent
            await world.step()
        state = await world.over()
        assert world.shop.effects <= 1, world.shop.ledger
        if state.phase is Phase.DONE:
            assert world.shop.effects == 1 or before == 7
        if state.phase is Phase.UNDONE and world.shop.effects:
            assert ("ADJUST", 7 - before) not in world.shop.ledger


async def test_while_the_stock_is_ours_the_monolith_is_sent_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch)
    world.ours = True
    assert (await world.start()).phase is Phase.DONE
    assert world.shop.sent == 0
