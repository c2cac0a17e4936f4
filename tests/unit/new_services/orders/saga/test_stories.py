"""Cancelling when nobody heard how it went: it is not refused while it may have happened."""

from dataclasses import asdict, replace
from typing import Any

import pytest

from chassis.readmodel.watermark import Watermark
from chassis.saga import MemoryStore, Phase, Runner, State
from chassis.saga.of_record import CERTAIN_SECONDS
from chassis.saga.runner import Limits
from contracts.orders import Line, Order
from contracts.ownership import Stamp
from contracts.record import Customer, RecordRefused, RecordSilent
from new_services.orders import views
from new_services.orders.saga import kinds
from new_services.orders.saga.stories import Stories
from tests.rigs.sagas.due import run_due
from tests.rigs.sagas.faults import VirtualClock

ANNA = Customer("a@b.c", "A", "sealed")
ORDER = Order(
    order_no="SO-1", status="NEW", total="20.00", po_number=None, pay_method="card",
    lines=(Line(1, "MUG-0", "Mug", 2, "10.00"),), ship={}, created="2026-01-01 00:00:00",
    updated="2026-01-01 00:00:00",
)  # fmt: skip
CANCELLED = replace(ORDER, status="CANCELLED")
LOGGED_OUT = RecordRefused(401, {"error": "not logged in"})


class Record:
    """Answers each call with what is next for it: an order, None, or an error."""

    def __init__(self, cancel: list[Any], look: list[Any]) -> None:
        self._next = {"cancel": cancel, "look": look}

    async def cancel(self, _: Customer, __: str) -> Any:
        return self._answer("cancel")

    async def look(self, _: Customer, __: str) -> Any:
        return self._answer("look")

    async def stamp(self) -> Stamp:
        return Stamp(1, ours=False)

    def _answer(self, name: str) -> Any:
        answers = self._next[name]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Partners:
    """Inventory and payments: they do it."""

    async def refund(self, *_: object) -> str:
        return "20.00"

    async def put_back(self, *_: object) -> None:
        pass


class World:
    """A runner over stories whose legacy answers as told, and what the feed has published."""

    def __init__(self, record: Record) -> None:
        self.time = VirtualClock(1_800_000_000.0)
        self.watermark = Watermark(self.time.now, self.time.monotonic)
        self.store = MemoryStore(self.time.now)
        self.fed: Order | None = ORDER
        self.written: str | None = None  # by the saga whose mark the order bears
        nothing: Any = None
        partners: Any = Partners()
        known: Any = record
        self.stories = Stories(
            nothing, known, partners, partners, self.watermark, lambda: None, self.time.now
        )
        self.limits = Limits(patience=0.0)

    async def cancel(self, kind: str = kinds.CANCEL) -> State:
        sagas = self.stories.sagas()
        runner = Runner(self.store, sagas, self.time, "here", self.limits)
        request = {"order_no": "SO-1", "customer": asdict(ANNA)}
        if not await self.store.find(list(Phase), 1):
            await runner.start(State("cancel:1", kind, request))
        for _ in range(8):
            await self.time.sleep(5.0)
            await run_due(runner)
        return (await self.store.load("cancel:1")).state

    def publish_until(self, seconds_from_now: float) -> None:
        self.watermark.advance(int((self.time.now() + seconds_from_now) * 1e6))


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes worlds."""

    def made(cancel: list[Any], look: list[Any]) -> World:
        world = World(Record(cancel, look))

        async def order_as_fed(_: object, order_no: str, email: str) -> Order | None:
            assert (order_no, email) == ("SO-1", "a@b.c")
            return world.fed

        async def confirm(*_: object) -> None:
            pass

        async def written_by(_: object, __: str) -> str | None:
            return world.written

        async def age_of_saga(_: object, __: str) -> float:
            return 0.0  # its client had the answer

        monkeypatch.setattr(views, "order_as_fed", order_as_fed)
        monkeypatch.setattr(views, "written_by", written_by)
        monkeypatch.setattr(views, "age_of_saga", age_of_saga)
        monkeypatch.setattr(Stories, "confirm_cancelled", confirm)
        return world

    return made


async def test_what_the_feed_tells_as_cancelled_is_done_also_when_legacy_cannot_be_asked(
    make: Any,
) -> None:
    world = make([RecordSilent("no answer")], [LOGGED_OUT])
    assert (await world.cancel()).phase is Phase.FORWARD  # it may have happened
    world.fed = CANCELLED
    state = await world.cancel()
    assert state.phase is Phase.DONE
    assert state.results["cancel"]["order"]["status"] == "CANCELLED"


async def test_once_the_feed_would_have_published_it_the_refusal_stands(make: Any) -> None:
    world = make([RecordSilent("no answer")], [LOGGED_OUT])
    assert (await world.cancel()).phase is Phase.FORWARD
    await world.time.sleep(CERTAIN_SECONDS)
    assert (await world.cancel()).phase is Phase.FORWARD  # the feed stands still
    world.publish_until(0.0)
    state = await world.cancel()
    assert state.phase is Phase.UNDONE
    assert state.answer == {"status": 401, "body": {"error": "not logged in"}}


async def test_a_fast_clock_of_the_feeds_makes_nothing_certain(make: Any) -> None:
    world = make([RecordSilent("no answer")], [LOGGED_OUT])
    world.publish_until(3600.0)
    await world.cancel()
    assert (await world.store.load("cancel:1")).state.phase is Phase.FORWARD


@pytest.mark.parametrize(
    "refusal", [LOGGED_OUT, RecordRefused(409, {"error": "no", "status": "SHIPPED"})]
)
async def test_a_stray_order_that_cannot_be_cancelled_waits_for_a_person(
    make: Any, refusal: RecordRefused
) -> None:
    world = make([refusal], [])
    parked = await world.cancel(kinds.STRAY)
    assert (parked.phase, str(refusal) in parked.reason) == (Phase.PARKED, True)
    world.fed = CANCELLED  # by that person
    runner = Runner(world.store, world.stories.sagas(), world.time, "here", world.limits)
    assert (await runner.order("cancel:1", "resume")).phase is Phase.DONE


async def test_a_stray_order_that_is_cancelled_already_is_put_back_once_the_feed_tells(
    make: Any,
) -> None:
    world = make([RecordRefused(409, {"error": "no", "status": "CANCELLED"})], [])
    assert (await world.cancel(kinds.STRAY)).phase is Phase.FORWARD
    world.fed = CANCELLED
    assert (await world.cancel(kinds.STRAY)).phase is Phase.DONE


@pytest.mark.parametrize("answered", [True, False])
async def test_bad_answers_have_a_budget_and_silence_has_none(make: Any, answered: bool) -> None:
    world = make([RecordSilent("it answered 500", answered=answered)], [ORDER])
    for _ in range(30):
        await world.time.sleep(60.0)
        state = await world.cancel()
    assert state.phase is (Phase.PARKED if answered else Phase.FORWARD)


async def test_a_second_attempt_that_finds_it_cancelled_is_not_refused(make: Any) -> None:
    """The first one did it; and by now the session has ended, too."""
    already = RecordRefused(409, {"error": "order cannot be cancelled", "status": "CANCELLED"})
    world = make([RecordSilent("no answer"), already], [ORDER, LOGGED_OUT])
    assert (await world.cancel()).phase is Phase.FORWARD
    world.fed = CANCELLED
    assert (await world.cancel()).phase is Phase.DONE


@pytest.mark.parametrize(
    ("written", "amount"), [(None, "20.00"), ("SO-1", "20.00"), ("SO-2", "0.00")]
)
async def test_an_order_with_the_mark_of_another_gets_nothing_of_its_money(
    make: Any, written: str | None, amount: str
) -> None:
    world = make([replace(CANCELLED, saga_id="A")], [CANCELLED])
    world.written = written
    state = await world.cancel()
    assert state.phase is Phase.DONE
    assert state.results["refund"] == {"amount": amount}
