"""Each step of cancelling an order by itself, whichever side cancelled it."""

from collections.abc import Callable
from dataclasses import asdict, replace

import orjson
import pytest

from chassis.saga import NotYet, Phase, Refused, Silent, State
from chassis.saga.of_record import CERTAIN_SECONDS
from contracts.orders import Order
from contracts.record import RecordRefused
from new_services.orders.saga import kinds
from new_services.orders.saga.stories import PENDING_SECONDS
from tests.rigs.shop.stories import (
    ANNA,
    CANCEL,
    CANCELLED,
    LEGACYS,
    LINES,
    LOGGED_OUT,
    NOW,
    ORDER,
    SETTLE,
    STRAY,
    World,
    fed_until,
)


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
    event = world.database.values("INSERT INTO outbox")
    return [
        (event_id, subject, orjson.loads(b)["data"]["reason"]) for event_id, _, subject, b in event
    ]


async def test_a_customer_with_a_pending_cancellation_gets_a_mail_that_it_is_not_cancelled(
    world: World,
) -> None:
    world.record.plays["cancel"] = SHIPPED
    with pytest.raises(Refused):
        await world.do(CANCEL, "cancel")
    subject = "events.orders.cancellation-refused"
    assert not_cancelled(world) == [("S-1:refused", subject, "it is shipped")]
    assert world.woken == 1


async def test_so_does_one_whose_session_ended_before_it_could_be_asked(world: World) -> None:
    fed_until(world, CERTAIN_SECONDS)
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


async def test_after_a_recall_no_client_waits_so_it_is_published_at_any_age(world: World) -> None:
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
    fed_until(world, CERTAIN_SECONDS if certain else 0.0)
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


async def test_a_cancellation_is_shown_and_published_with_what_came_back(world: World) -> None:
    await world.do(SETTLE, "confirm", results={"refund": {"amount": "19.00"}})
    ((order, email, micros, event_id, event),) = world.stored
    assert (order, email, micros) == (ORDER, "a@b.c", int(NOW * 1e6))
    assert event_id == "SO-1:cancelled"
    assert event == {
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
