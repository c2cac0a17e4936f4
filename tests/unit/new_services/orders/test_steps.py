"""Each step of an order by itself: what it asks for, what it stores, and what a trouble becomes."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, replace
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from chassis.breaker.toward_legacy import LEGACY
from chassis.saga import BadAnswer, Context, NotYet, Phase, Refused, Saga, Silent, State
from chassis.saga.of_record import CERTAIN_SECONDS
from contracts.orders import Line, Order, OrderRequest
from contracts.ownership import Stamp
from contracts.record import Customer, RecordAway, RecordRefused, RecordSilent
from new_services.orders import repository, views
from new_services.orders.owner.seam import Attempt
from new_services.orders.saga import kinds, pricing
from new_services.orders.saga import stories as saga
from new_services.orders.saga.stories import PENDING_SECONDS, Stories
from tests.rigs.shop.database import Database

NOW = 1_800_000_000.0
LEGACYS, OURS = Stamp(1, ours=False), Stamp(2, ours=True)
ANNA = Customer("a@b.c", "Anna", "sealed")
WISH = OrderRequest({"MUG-0": 2}, "card", "PO 17")
ORDER = Order(
    order_no="SO-1", status="NEW", total="20.00", po_number="PO 17", pay_method="card",
    lines=(Line(1, "MUG-0", "Mug", 2, "10.00"),), ship={"city": "Kiel"},
    created="2026-01-01 00:00:00", updated="2026-01-02 00:00:00", saga_id="S-1",
)  # fmt: skip
CANCELLED = replace(ORDER, status="CANCELLED")
LOGGED_OUT = RecordRefused(401, {"error": "not logged in"})
LINES = [{"sku": "MUG-0", "name": "Mug", "quantity": 2, "price": "10.00"}]


class Callee:
    """Any of those that the steps call: keeps the calls, and plays an answer for each name."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.plays: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def called(*values: Any) -> Any:
            self.calls.append((name, *values))
            played = self.plays.get(name)
            if isinstance(played, BaseException):
                raise played
            return played

        return called


class World:
    """The stories with callees that answer as told, and what they stored."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.database: Any = Database()
        self.record, self.inventory, self.payments = Callee(), Callee(), Callee()
        self.record.plays["stamp"] = LEGACYS
        self.watermark: Any = SimpleNamespace(micros=0)
        self.woken = 0
        self.begun: list[State] = []
        self.stored: list[tuple[Any, ...]] = []
        self.seen: dict[str, Any] = {
            "age_of_saga": PENDING_SECONDS, "orders_of_saga": [], "order_as_fed": None,
            "written_by": None,
        }  # fmt: skip
        for name in self.seen:
            monkeypatch.setattr(views, name, self._seen(name))
        monkeypatch.setattr(saga, "enqueue", self._enqueue)
        monkeypatch.setattr(repository, "write_own", self._write_own)
        partners: Any = (self.record, self.inventory, self.payments)
        self.stories = Stories(self.database, *partners, self.watermark, self._wake, lambda: NOW)
        self.sagas = self.stories.sagas()

    def _seen(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def asked(_: Any, *values: Any) -> Any:
            assert values in (("S-1",), ("SO-1", "a@b.c"))
            return self.seen[name]

        return asked

    async def _enqueue(self, _: Any, state: State) -> None:
        self.begun.append(state)

    async def _write_own(
        self, _: Any, order: Order, email: str, micros: int, told: Sequence[str]
    ) -> None:
        self.stored.append((order, email, micros, told[0], orjson.loads(told[3])["data"]))

    def _wake(self) -> None:
        self.woken += 1

    async def do(self, kind: str, step: str, how: str = "do", **fields: Any) -> Any:
        """One call of a step."""
        return await getattr(_step(self.sagas[kind], step), how)(context(**fields))


def _step(found: Saga, name: str) -> Any:
    return next(step for step in found.steps if step.name == name)


def context(**fields: Any) -> Context:
    request = {
        "customer": asdict(ANNA), "wish": asdict(WISH), "asked": 17, "order_no": "SO-1",
        "order": ORDER.to_dict(),
    }  # fmt: skip
    given = {
        "saga_id": "S-1", "request": request | fields.pop("request", {}), "attempt": 1,
        "results": {"quote": {"amount": "20.00"}}, "tried": NOW, "age": 0.0, "until": 99.0,
    }  # fmt: skip
    return Context(**(given | fields))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


PLACE, CANCEL, SETTLE, STRAY = kinds.PLACE, kinds.CANCEL, kinds.SETTLE, kinds.STRAY


def test_the_stories_are_these_rows_of_steps(world: World) -> None:
    told = {
        kind: [
            f"{step.name}{'!' * step.pivot}{'?' * bool(step.ask)}{'<' * bool(step.undo)}"
            for step in found.steps
        ]
        for kind, found in world.sagas.items()
    }
    end = ["refund", "put-back", "confirm"]
    assert told == {
        PLACE: ["quote<", "reserve<", "authorise<", "write!?", "collect", "confirm"],
        CANCEL: ["cancel!?", *end],
        SETTLE: end,
        STRAY: ["cancel", "put-back"],
    }
    assert [kind for kind, found in world.sagas.items() if found.onward] == [SETTLE, STRAY]


def test_what_is_briefly_tried_and_what_is_tried_until_legacy_is_back(world: World) -> None:
    deadlines = {
        f"{kind} {step.name}": step.retry.deadline
        for kind, found in world.sagas.items()
        for step in found.steps
    }
    day, seconds = 24 * 3600.0, 20.0
    for name in ("quote", "reserve", "authorise"):
        assert deadlines[f"{PLACE} {name}"] == seconds
    for name in (f"{PLACE} write", f"{CANCEL} cancel", f"{STRAY} cancel"):
        assert deadlines[name] is None
    for name in ("collect", "confirm", "refund", "put-back"):
        found = {deadlines.get(f"{kind} {name}", day) for kind in world.sagas}
        assert found == {day}, name


# place


async def test_the_quote_is_what_the_lines_cost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def quote(_: Any, lines: Any) -> float:
        assert lines == {"MUG-0": 2}
        return 20.5

    monkeypatch.setattr(pricing, "quote", quote)
    assert await world.do(PLACE, "quote") == {"amount": "20.50"}
    given = {"amount": "7.00"}
    assert await world.do(PLACE, "quote", request=given) == given


async def test_an_unknown_sku_is_refused_as_legacy_does(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def quote(_: Any, __: Any) -> float:
        raise pricing.UnknownSku("MUG-0")

    monkeypatch.setattr(pricing, "quote", quote)
    with pytest.raises(Refused) as caught:
        await world.do(PLACE, "quote")
    body = {"error": "unknown sku", "sku": "MUG-0"}
    assert caught.value.answer == {"status": 400, "body": body}


async def test_goods_and_money_are_held_and_let_go(world: World) -> None:
    assert await world.do(PLACE, "reserve") == {"epoch": 0}
    await world.do(PLACE, "reserve", "undo")
    await world.do(PLACE, "authorise")
    await world.do(PLACE, "authorise", "undo")
    reserved = ("reserve", "S-1", {"MUG-0": 2}, 17, LEGACYS)
    assert world.inventory.calls == [reserved, ("release", "S-1")]
    assert world.payments.calls == [("authorise", "S-1", "20.00", "card"), ("void", "S-1")]


async def test_who_was_told_pending_hears_by_mail_that_it_came_to_nothing(world: World) -> None:
    await world.do(PLACE, "quote", "undo", reason="write: 409 out of stock: MUG-0")
    ((event_id, key, subject, body),) = world.database.values("INSERT INTO outbox")
    assert (event_id, subject) == ("S-1:refused", "events.orders.order-refused")
    told = orjson.loads(body)["data"]
    assert (told["email"], told["name"]) == ("a@b.c", "Anna")
    assert told["reason"] == "409 out of stock: MUG-0"  # without the step's name
    assert (key, world.woken) == ("S-1", 1)


@pytest.mark.parametrize("age", [0.0, PENDING_SECONDS - 0.01])
async def test_who_had_it_as_an_answer_gets_no_mail(world: World, age: float) -> None:
    world.seen["age_of_saga"] = age
    await world.do(PLACE, "quote", "undo", reason="reserve: no")
    assert (world.database.asked, world.woken) == ([], 0)


async def test_who_wanted_it_so_gets_no_mail(world: World) -> None:
    await world.do(PLACE, "quote", "undo", reason="reserve: no", recalled=True)
    assert (world.database.asked, world.woken) == ([], 0)


async def test_the_order_is_written_in_the_customers_name_while_the_lease_lasts(
    world: World,
) -> None:
    world.record.plays["place"] = ORDER
    assert await world.do(PLACE, "write") == {"order": ORDER.to_dict()}
    attempt = Attempt("S-1", 99.0, 0, context().promise)
    assert world.record.calls == [("place", ANNA, WISH, attempt)]


async def test_what_was_gated_by_us_is_written_as_such(world: World) -> None:
    world.record.plays |= {"place": ORDER, "stamp": OURS}
    held = await world.do(PLACE, "reserve")
    assert world.inventory.calls == [("reserve", "S-1", {"MUG-0": 2}, 17, OURS)]
    await world.do(PLACE, "write", results={"reserve": held})
    attempt = Attempt("S-1", 99.0, 2, context().promise)
    assert world.record.calls[-1] == ("place", ANNA, WISH, attempt)


CALLS = [(PLACE, "write", "do", "place"), (PLACE, "write", "ask", "find"),
         (CANCEL, "cancel", "do", "cancel"), (CANCEL, "cancel", "ask", "look"),
         (STRAY, "cancel", "do", "cancel")]  # fmt: skip


@pytest.mark.parametrize(("kind", "step", "how", "call"), CALLS)
@pytest.mark.parametrize(
    ("error", "said", "callee", "answered"),
    [
        (RecordAway("no", 7.0), NotYet, LEGACY, False),
        (RecordAway("429", 7.0, answered=True), NotYet, "", True),
        (RecordAway("no turn", 7.0, ours=True), NotYet, "", False),
        (RecordSilent("lost"), Silent, None, None),
        (RecordSilent("500", answered=True), BadAnswer, None, None),
    ],
)
async def test_what_the_system_of_record_does_not_say(
    world: World, kind: str, step: str, how: str, call: str,
    error: Exception, said: type[Exception], callee: str | None, answered: bool | None,
) -> None:  # fmt: skip
    world.record.plays[call] = error
    with pytest.raises(said) as caught:
        await world.do(kind, step, how)
    assert type(caught.value) is said
    if isinstance(caught.value, NotYet):
        found = (caught.value.after, caught.value.callee, caught.value.answered)
        assert found == (7.0, callee, answered)


@pytest.mark.parametrize(("kind", "call"), [(PLACE, "place"), (CANCEL, "cancel")])
async def test_a_refusal_is_told_in_the_words_of_the_record(
    world: World, kind: str, call: str
) -> None:
    body = {"error": "out of stock", "status": "SHIPPED"}
    world.record.plays[call] = RecordRefused(409, body)
    with pytest.raises(Refused, match="409 out of stock") as caught:
        await world.do(kind, "write" if kind == PLACE else "cancel", attempt=2)
    assert caught.value.answer == {"status": 409, "body": body}


async def test_what_the_feed_told_need_not_be_asked_for(world: World) -> None:
    world.seen["orders_of_saga"] = [ORDER]
    assert await world.do(PLACE, "write", "ask") == {"order": ORDER.to_dict()}
    assert (world.record.calls, world.begun) == ([], [])


@pytest.mark.parametrize("fed", [True, False])
async def test_of_several_the_first_stands_and_the_others_are_cancelled(
    world: World, fed: bool
) -> None:
    again = replace(ORDER, order_no="SO-2")
    others = [
        replace(ORDER, order_no="SO-3", lines=(replace(ORDER.lines[0], quantity=3),)),
        replace(CANCELLED, order_no="SO-4"),
        replace(ORDER, order_no="SO-5"),
    ]
    found = [ORDER, again, *others]
    if fed:
        world.seen["orders_of_saga"] = found
    else:
        world.record.plays["find"] = found
    assert await world.do(PLACE, "write", "ask") == {"order": ORDER.to_dict()}
    assert world.begun == [kinds.stray("SO-2", ANNA), kinds.stray("SO-5", ANNA)]


async def test_an_order_that_is_nowhere_was_not_written(world: World) -> None:
    world.record.plays["find"] = []
    assert await world.do(PLACE, "write", "ask", age=21.0) is None
    assert world.record.calls == [("find", ANNA, WISH, "S-1", 21.0)]


def told_until(world: World, seconds: float) -> None:
    """The feed has told what was committed so long after the last attempt."""
    world.watermark.micros = int((NOW + seconds) * 1e6)


@pytest.mark.parametrize(
    ("fed", "age", "certain"),
    [
        (CERTAIN_SECONDS, CERTAIN_SECONDS, True),
        (CERTAIN_SECONDS - 0.1, CERTAIN_SECONDS, False),
        (CERTAIN_SECONDS, CERTAIN_SECONDS - 0.1, False),  # the feed's clock is fast
    ],
)
async def test_where_the_session_has_ended_the_feed_decides_once_it_is_certain(
    world: World, fed: float, age: float, certain: bool
) -> None:
    told_until(world, fed)
    world.record.plays["find"] = LOGGED_OUT
    if certain:
        assert await world.do(PLACE, "write", "ask", age=age) is None
        return
    with pytest.raises(NotYet, match="cannot ask: 401") as caught:
        await world.do(PLACE, "write", "ask", age=age)
    assert (caught.value.after, caught.value.callee, caught.value.answered) == (1.0, "", False)


WRITTEN = {"write": {"order": ORDER.to_dict()}}


async def test_money_and_goods_are_taken_for_the_order_that_was_written(world: World) -> None:
    await world.do(PLACE, "collect", results=WRITTEN)
    assert world.payments.calls == [("capture", "S-1", "SO-1", "20.00")]
    assert world.inventory.calls == [("sell", "S-1", "SO-1", ORDER.created, LEGACYS)]


async def test_neither_waits_for_the_other_and_what_is_for_good_is_told_first(
    world: World,
) -> None:
    refused, passing = Refused("for good"), NotYet("later")
    for money, goods, said in (
        (passing, None, passing), (None, passing, passing),
        (passing, refused, refused), (refused, passing, refused),
    ):  # fmt: skip
        world.payments.plays["capture"], world.inventory.plays["sell"] = money, goods
        with pytest.raises(type(said), match=str(said)):
            await world.do(PLACE, "collect", results=WRITTEN)
    assert len(world.payments.calls) == len(world.inventory.calls) == 4


async def test_the_order_is_shown_at_once_and_told(world: World) -> None:
    await world.do(PLACE, "confirm", results=WRITTEN)
    ((order, email, micros, event_id, told),) = world.stored
    assert (order, email, micros) == (ORDER, "a@b.c", repository.FIRST)
    assert event_id == "SO-1:placed"
    assert told == {
        "order_no": "SO-1", "saga_id": "S-1", "email": "a@b.c", "name": "Anna", "total": "20.00",
        "pay_method": "card", "created": ORDER.created, "lines": LINES, "po_number": "PO 17",
        "ship": {"city": "Kiel"},
    }  # fmt: skip
    assert (world.woken, world.begun) == (1, [])


async def test_one_that_was_recalled_too_late_is_cancelled(world: World) -> None:
    written = {"write": {"order": replace(ORDER, po_number=None).to_dict()}}
    await world.do(PLACE, "confirm", results=written, recalled=True)
    assert world.begun == [kinds.cancelling("SO-1", ANNA, kinds.RECALLED)]
    assert world.stored[0][4]["po_number"] == ""


# cancel, settle, stray


async def test_an_order_is_cancelled_in_the_customers_name(world: World) -> None:
    world.record.plays["cancel"] = CANCELLED
    assert await world.do(CANCEL, "cancel") == {"order": CANCELLED.to_dict()}
    assert world.record.calls == [("cancel", ANNA, "SO-1")]


@pytest.mark.parametrize(("attempt", "said"), [(1, Refused), (2, Silent)])
async def test_found_cancelled_by_a_second_attempt_it_may_be_so_by_the_first(
    world: World, attempt: int, said: type[Exception]
) -> None:
    world.record.plays["cancel"] = RecordRefused(409, {"error": "no", "status": "CANCELLED"})
    with pytest.raises(said):
        await world.do(CANCEL, "cancel", attempt=attempt)


SHIPPED = RecordRefused(409, {"error": "order cannot be cancelled", "status": "SHIPPED"})


def not_cancelled(world: World) -> list[tuple[str, str, str]]:
    """Id, subject and reason of what the customer is to hear."""
    told = world.database.values("INSERT INTO outbox")
    return [
        (event_id, subject, orjson.loads(b)["data"]["reason"]) for event_id, _, subject, b in told
    ]


async def test_who_was_told_pending_hears_by_mail_that_it_is_not_cancelled(world: World) -> None:
    world.record.plays["cancel"] = SHIPPED
    with pytest.raises(Refused):
        await world.do(CANCEL, "cancel")
    subject = "events.orders.cancellation-refused"
    assert not_cancelled(world) == [("S-1:refused", subject, "it is shipped")]
    assert world.woken == 1


async def test_so_does_one_whose_session_ended_before_it_could_be_asked(world: World) -> None:
    told_until(world, CERTAIN_SECONDS)
    world.record.plays["look"] = LOGGED_OUT
    with pytest.raises(Refused):
        await world.do(CANCEL, "cancel", "ask", age=CERTAIN_SECONDS)
    assert [reason for _, _, reason in not_cancelled(world)] == ["401 not logged in"]


async def test_who_had_the_refusal_as_an_answer_gets_no_mail(world: World) -> None:
    world.seen["age_of_saga"] = PENDING_SECONDS - 0.01
    world.record.plays["cancel"] = SHIPPED
    with pytest.raises(Refused):
        await world.do(CANCEL, "cancel")
    assert (world.database.asked, world.woken) == ([], 0)


async def test_after_a_recall_nobody_waits_so_it_is_told_at_any_age(world: World) -> None:
    world.seen["age_of_saga"] = 0.0
    world.record.plays["cancel"] = SHIPPED
    with pytest.raises(Refused):
        await world.do(
            CANCEL, "cancel", saga_id=kinds.cancelling("SO-1", ANNA, kinds.RECALLED).saga_id
        )
    assert len(not_cancelled(world)) == 1


@pytest.mark.parametrize("found", [CANCELLED, ORDER, None])
async def test_whether_it_is_cancelled_legacy_says(world: World, found: Order | None) -> None:
    world.record.plays["look"] = found
    expected = {"order": CANCELLED.to_dict()} if found is CANCELLED else None
    assert await world.do(CANCEL, "cancel", "ask") == expected
    assert world.record.calls == [("look", ANNA, "SO-1")]


@pytest.mark.parametrize("fed", [ORDER, None])
@pytest.mark.parametrize("certain", [True, False])
async def test_where_it_cannot_be_asked_the_feed_says_so_in_the_end(
    world: World, fed: Order | None, certain: bool
) -> None:
    told_until(world, CERTAIN_SECONDS if certain else 0.0)
    world.record.plays["look"], world.seen["order_as_fed"] = LOGGED_OUT, fed
    with pytest.raises(Refused if certain else NotYet) as caught:
        await world.do(CANCEL, "cancel", "ask", age=CERTAIN_SECONDS)
    if isinstance(caught.value, NotYet):
        assert (str(caught.value)[:16], caught.value.after) == ("cannot ask: 401 ", 1.0)
    world.seen["order_as_fed"] = CANCELLED
    assert await world.do(CANCEL, "cancel", "ask") == {"order": CANCELLED.to_dict()}


@pytest.mark.parametrize("fed", [None, ORDER])
async def test_a_stray_is_cancelled_unless_it_is(world: World, fed: Order | None) -> None:
    world.record.plays["cancel"], world.seen["order_as_fed"] = CANCELLED, fed
    assert await world.do(STRAY, "cancel") == {"order": CANCELLED.to_dict()}
    assert world.record.calls == [("cancel", ANNA, "SO-1")]
    world.seen["order_as_fed"] = CANCELLED
    await world.do(STRAY, "cancel")
    assert len(world.record.calls) == 1


async def test_a_stray_that_legacy_has_cancelled_waits_for_the_feed(world: World) -> None:
    world.record.plays["cancel"] = RecordRefused(409, {"error": "no", "status": "CANCELLED"})
    with pytest.raises(NotYet, match="the feed will confirm it") as caught:
        await world.do(STRAY, "cancel")
    assert (caught.value.after, caught.value.callee) == (1.0, "")


async def test_the_orders_own_money_comes_back(world: World) -> None:
    world.payments.plays["refund"] = "20.00"
    assert await world.do(SETTLE, "refund") == {"amount": "20.00"}
    assert world.payments.calls == [("refund", "S-1", "SO-1")]


async def test_an_order_that_was_paid_at_legacy_gets_nothing_here(world: World) -> None:
    theirs = {"order": replace(ORDER, saga_id=None).to_dict()}
    assert await world.do(SETTLE, "refund", request=theirs) == {"amount": "0.00"}
    assert world.payments.calls == []


@pytest.mark.parametrize("step", ["write", "cancel"])
async def test_the_order_is_the_one_that_the_pivot_left(world: World, step: str) -> None:
    left = {step: {"order": replace(ORDER, order_no="SO-9").to_dict()}}
    await world.do(SETTLE, "put-back", results=left)
    assert world.inventory.calls == [("put_back", "SO-9", {"MUG-0": 2}, ORDER.updated, LEGACYS)]


async def test_a_cancellation_is_shown_and_told_with_what_came_back(world: World) -> None:
    await world.do(SETTLE, "confirm", results={"refund": {"amount": "19.00"}})
    ((order, email, micros, event_id, told),) = world.stored
    assert (order, email, micros) == (ORDER, "a@b.c", int(NOW * 1e6))
    assert event_id == "SO-1:cancelled"
    assert told == {
        "order_no": "SO-1", "email": "a@b.c", "name": "Anna", "total": "20.00",
        "refunded": "19.00", "lines": LINES,
    }  # fmt: skip
    assert world.woken == 1


@pytest.mark.parametrize(
    ("begin", "saga_id", "kind"),
    [
        (lambda: kinds.stray("SO-1", ANNA), "stray:SO-1", STRAY),
        (lambda: kinds.settling(ORDER, ANNA), "settle:SO-1", SETTLE),
        (lambda: kinds.cancelling("SO-1", ANNA, "k", "v7"), "cancel:SO-1:k", CANCEL),
    ],
)
def test_one_saga_of_each_kind_for_an_order(
    begin: Callable[[], State], saga_id: str, kind: str
) -> None:
    state = begin()
    assert (state.saga_id, state.kind, state.phase) == (saga_id, kind, Phase.FORWARD)
    assert state.request["customer"] == asdict(ANNA)
    assert ("order" in state.request) is (kind == SETTLE)
    assert state.table_version == ("v7" if kind == CANCEL else "")
