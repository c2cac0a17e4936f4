"""Each step of placing an order by itself: what it asks, stores, and makes of a failure."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from chassis.breaker.toward_legacy import LEGACY
from chassis.saga import BadAnswer, NotYet, Refused, Silent
from chassis.saga.of_record import CERTAIN_SECONDS
from contracts.record import RecordAway, RecordRefused, RecordSilent
from new_services.orders import repository
from new_services.orders.owner.seam import Attempt
from new_services.orders.saga import kinds, pricing
from new_services.orders.saga.stories import PENDING_SECONDS
from tests.rigs.shop.stories import (
    ANNA,
    CANCEL,
    CANCELLED,
    LEGACYS,
    LINES,
    LOGGED_OUT,
    ORDER,
    OURS,
    PLACE,
    SETTLE,
    STRAY,
    WANTED,
    World,
    context,
    fed_until,
)


def test_the_stories_are_these_rows_of_steps(world: World) -> None:
    rows = {
        kind: [
            f"{step.name}{'!' * step.pivot}{'?' * bool(step.ask)}{'<' * bool(step.undo)}"
            for step in found.steps
        ]
        for kind, found in world.sagas.items()
    }
    end = ["refund", "put-back", "confirm"]
    assert rows == {
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


async def test_a_customer_with_a_pending_order_gets_a_mail_when_it_comes_to_nothing(
    world: World,
) -> None:
    await world.do(PLACE, "quote", "undo", reason="write: 409 out of stock: MUG-0")
    ((event_id, key, subject, body),) = world.database.values("INSERT INTO outbox")
    assert (event_id, subject) == ("S-1:refused", "events.orders.order-refused")
    event = orjson.loads(body)["data"]
    assert (event["email"], event["name"]) == ("a@b.c", "Anna")
    assert event["reason"] == "409 out of stock: MUG-0"  # without the step's name
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
    assert world.record.calls == [("place", ANNA, WANTED, attempt)]


async def test_what_was_gated_by_us_is_written_as_such(world: World) -> None:
    world.record.plays |= {"place": ORDER, "stamp": OURS}
    held = await world.do(PLACE, "reserve")
    assert world.inventory.calls == [("reserve", "S-1", {"MUG-0": 2}, 17, OURS)]
    await world.do(PLACE, "write", results={"reserve": held})
    attempt = Attempt("S-1", 99.0, 2, context().promise)
    assert world.record.calls[-1] == ("place", ANNA, WANTED, attempt)


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
async def test_a_refusal_keeps_the_words_of_the_record(world: World, kind: str, call: str) -> None:
    body = {"error": "out of stock", "status": "SHIPPED"}
    world.record.plays[call] = RecordRefused(409, body)
    with pytest.raises(Refused, match="409 out of stock") as caught:
        await world.do(kind, "write" if kind == PLACE else "cancel", attempt=2)
    assert caught.value.answer == {"status": 409, "body": body}


async def test_what_the_feed_published_need_not_be_asked_for(world: World) -> None:
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
    assert world.record.calls == [("find", ANNA, WANTED, "S-1", 21.0)]


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
    fed_until(world, fed)
    world.record.plays["find"] = LOGGED_OUT
    if certain:
        assert await world.do(PLACE, "write", "ask", age=age) is None
        return
    with pytest.raises(NotYet, match="cannot ask: 401") as caught:
        await world.do(PLACE, "write", "ask", age=age)
    assert (caught.value.after, caught.value.callee, caught.value.answered) == (1.0, "", False)


WRITTEN = {"write": {"order": ORDER.to_dict()}}


@pytest.mark.parametrize("approved", [False, True])
async def test_money_and_goods_are_taken_for_the_order_that_was_written(
    world: World, approved: bool
) -> None:
    await world.do(PLACE, "collect", results=WRITTEN, approved=approved)
    assert world.payments.calls == [("capture", "S-1", "SO-1", "20.00", approved)]
    assert world.inventory.calls == [("sell", "S-1", "SO-1", ORDER.created, LEGACYS)]


async def test_neither_waits_for_the_other_and_the_permanent_error_is_raised_first(
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


async def test_the_order_is_shown_at_once_and_published(world: World) -> None:
    await world.do(PLACE, "confirm", results=WRITTEN)
    ((order, email, micros, event_id, event),) = world.stored
    assert (order, email, micros) == (ORDER, "a@b.c", repository.FIRST)
    assert event_id == "SO-1:placed"
    assert event == {
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
