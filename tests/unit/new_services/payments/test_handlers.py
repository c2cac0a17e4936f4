"""What one operation does to our row, asks of the provider, and tells: whatever comes between."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import orjson
import pytest

from new_services.payments.domain import CANCELLED, Operation, Payment, Status
from new_services.payments.handlers import QUESTIONS, NotPossible
from new_services.payments.provider import Declined, ProviderAway, ProviderSilent
from tests.rigs.shop.paying import (
    AUTHORISE,
    AUTHORISED,
    CAPTURE,
    CAPTURED,
    GIVING_BACK,
    HUNDRED,
    REFUND,
    VOID,
    World,
)


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Callable[[Payment | None], World]:
    """A world with this payment."""
    return lambda payment: World(monkeypatch, payment)


Make = Callable[[Payment | None], World]


async def test_an_authorisation_is_asked_for_once_and_nothing_is_published(make: Make) -> None:
    world = make(None)
    assert await world.do(AUTHORISE) == AUTHORISED
    assert await world.do(AUTHORISE) == AUTHORISED
    assert world.provider.calls == [("S-1:authorise", Operation.AUTHORISE, "S-1", HUNDRED)]
    assert (world.rows.published, world.woken, world.rows.saved) == ([], 0, [])


async def test_one_that_was_begun_by_a_process_that_died_is_asked_for_again(make: Make) -> None:
    world = make(replace(AUTHORISED, status=Status.NEW))
    assert await world.do(AUTHORISE) == AUTHORISED
    assert [call[0] for call in world.provider.calls] == ["S-1:authorise"]
    assert world.rows.saved == [Status.NEW]
    assert world.database.transactions == ["committed"]


async def test_without_an_amount_nothing_is_authorised(make: Make) -> None:
    world = make(None)
    await world.do(replace(AUTHORISE, amount=None))
    assert world.provider.calls[0][3] == Decimal(0)


async def test_a_declined_authorisation_is_remembered_with_its_reason(make: Make) -> None:
    world = make(None)
    world.provider.asks = [Declined("no money")]
    for _ in range(2):
        with pytest.raises(Declined, match=r"^no money$"):
            await world.do(AUTHORISE)
    assert len(world.provider.calls) == 1
    assert world.rows.payment == replace(AUTHORISED, status=Status.DECLINED, reason="no money")
    with pytest.raises(NotPossible, match="cannot capture: the payment is declined"):
        await world.do(CAPTURE)


async def test_a_capture_takes_the_orders_amount_and_tells_it_once(make: Make) -> None:
    world = make(AUTHORISED)
    assert await world.do(CAPTURE) == CAPTURED
    assert await world.do(CAPTURE) == CAPTURED
    amount = Decimal("90.00")
    assert world.provider.calls == [("S-1:capture", Operation.CAPTURE, "S-1", amount)]
    data = {"payment_id": "S-1", "amount": "90.00", "method": "card"}
    assert world.events() == [("S-1:capture", "events.payments.payment-captured", data)]
    assert world.rows.published[0][1] == "S-1"
    assert orjson.loads(world.rows.published[0][3])["occurred"].startswith("2027-01-15T08:00:00")
    assert world.woken == 1


async def test_a_capture_without_an_amount_takes_what_was_authorised(make: Make) -> None:
    world = make(AUTHORISED)
    captured = await world.do(replace(CAPTURE, amount=None))
    assert captured is not None
    assert (captured.amount, captured.order_no) == (HUNDRED, "")


@pytest.mark.parametrize("amount", ["0.00", "99.99", "100.00", "115.00"])
async def test_a_little_more_than_was_authorised_may_be_taken(make: Make, amount: str) -> None:
    captured = await make(AUTHORISED).do(replace(CAPTURE, amount=Decimal(amount)))
    assert captured is not None
    assert captured.amount == Decimal(amount)


@pytest.mark.parametrize("amount", ["115.01", "500.00"])
async def test_much_more_is_for_a_person_to_judge(make: Make, amount: str) -> None:
    world = make(AUTHORISED)
    with pytest.raises(NotPossible, match=f"{amount} of 100.00 authorised"):
        await world.do(replace(CAPTURE, amount=Decimal(amount)))
    assert (world.provider.calls, world.rows.payment) == ([], AUTHORISED)


async def test_what_a_person_approved_is_taken_however_much_it_is(make: Make) -> None:
    captured = await make(AUTHORISED).do(replace(CAPTURE, amount=Decimal("500.00"), approved=True))
    assert captured is not None
    assert (captured.amount, captured.status) == (Decimal("500.00"), Status.CAPTURED)


@pytest.mark.parametrize("payment", [None, replace(AUTHORISED, status=Status.VOIDED)])
async def test_what_is_not_authorised_cannot_be_captured(
    make: Make, payment: Payment | None
) -> None:
    world = make(payment)
    status = payment.status if payment else "unknown"
    with pytest.raises(NotPossible, match=f"cannot capture: the payment is {status}"):
        await world.do(CAPTURE)
    assert (world.provider.calls, world.rows.payment) == ([], payment)
    assert world.database.transactions == ["rolled back"]


async def test_a_capture_that_the_provider_declines_is_not_possible(make: Make) -> None:
    world = make(AUTHORISED)
    world.provider.asks = [Declined("too late")]
    with pytest.raises(NotPossible, match="the provider declined: too late"):
        await world.do(CAPTURE)
    assert world.rows.payment == AUTHORISED


async def test_a_capture_that_is_declined_for_the_giving_back_has_nothing_to_take(
    make: Make,
) -> None:
    """The cancellation came between our look at the row and the provider's answer."""
    world = make(AUTHORISED)
    world.provider.asks = [Declined("it is closed")]
    first = world.rows.look

    async def look(pool: Any, payment_id: str) -> Payment | None:
        found = await first(pool, payment_id)
        world.rows.payment = GIVING_BACK
        return found

    world.rows.look = look  # type: ignore[method-assign]
    assert await world.do(CAPTURE) == GIVING_BACK


@pytest.mark.parametrize("was_faster", [True, False])
async def test_a_capture_that_meets_the_giving_back_asks_whether_it_was_faster(
    make: Make, was_faster: bool
) -> None:
    world = make(GIVING_BACK)
    world.provider.remembered = [was_faster]
    payment = await world.do(CAPTURE)
    assert payment is not None
    assert world.provider.calls == [("remembers", "S-1:capture")]
    assert payment.status is (Status.CAPTURED if was_faster else Status.VOIDING)
    assert world.woken == was_faster


async def test_a_void_is_stored_before_the_provider_is_asked(make: Make) -> None:
    world = make(AUTHORISED)
    world.provider.asks = [ProviderAway("refused")]
    with pytest.raises(ProviderAway):
        await world.do(VOID)
    assert world.rows.saved == [Status.VOIDING]  # an authorisation that comes late is barred
    assert world.database.transactions == ["committed"]
    payment = await world.do(VOID)
    assert payment == replace(AUTHORISED, status=Status.VOIDED)
    assert world.provider.calls[-1] == ("S-1:void", Operation.VOID, "S-1", HUNDRED)
    assert (world.rows.published, world.woken) == ([], 0)


async def test_a_void_before_the_authorisation_bars_it(make: Make) -> None:
    world = make(None)
    payment = await world.do(VOID)
    assert payment == Payment("S-1", "", Decimal(0), Status.VOIDED)
    with pytest.raises(NotPossible, match="cannot authorise: the payment is voided"):
        await world.do(AUTHORISE)


async def test_what_was_captured_is_not_voided(make: Make) -> None:
    world = make(CAPTURED)
    with pytest.raises(NotPossible, match="cannot void: the payment is captured"):
        await world.do(VOID)
    assert world.provider.calls == []


async def test_a_void_that_the_provider_declines_is_not_possible(make: Make) -> None:
    world = make(GIVING_BACK)  # that is of a capture alone
    world.provider.asks = [Declined("no")]
    with pytest.raises(NotPossible, match="the provider declined: no"):
        await world.do(VOID)


async def test_a_refund_gives_back_what_was_captured_and_tells_it(make: Make) -> None:
    world = make(CAPTURED)
    assert await world.do(REFUND) == replace(CAPTURED, status=Status.REFUNDED)
    assert world.provider.calls == [("S-1:refund", Operation.REFUND, "S-1", CAPTURED.amount)]
    data = {"payment_id": "S-1", "amount": "90.00", "method": "card"}
    assert world.events() == [("S-1:refund", "events.payments.payment-refunded", data)]
    assert (world.woken, world.rows.saved) == (1, [])


@pytest.mark.parametrize("order_no", ["", "SO-1"])
async def test_a_refund_may_name_no_order(make: Make, order_no: str) -> None:
    refunded = await make(CAPTURED).do(replace(REFUND, order_no=order_no))
    assert refunded is not None
    assert refunded.status is Status.REFUNDED


async def test_of_another_orders_money_nothing_is_given_back(make: Make) -> None:
    world = make(CAPTURED)
    assert await world.do(replace(REFUND, order_no="SO-2")) is None
    assert (world.provider.calls, world.rows.payment) == ([], CAPTURED)


async def test_there_is_nothing_to_refund_of_a_payment_that_never_was(make: Make) -> None:
    world = make(None)
    assert await world.do(REFUND) is None
    assert (world.provider.calls, world.rows.payment) == ([], None)


async def test_what_is_merely_authorised_is_voided_because_of_the_cancellation(make: Make) -> None:
    world = make(AUTHORISED)
    payment = await world.do(REFUND)
    assert payment == replace(AUTHORISED, status=Status.VOIDED, reason=CANCELLED)
    assert [call[0] for call in world.provider.calls] == ["S-1:void"]
    assert await world.do(REFUND) == payment
    assert await world.do(CAPTURE) == payment  # nothing to take any more


async def test_why_it_is_voided_is_stored_before_the_provider_is_asked(make: Make) -> None:
    """A capture that comes meanwhile must know that its order is being given back."""
    world = make(AUTHORISED)
    world.provider.asks = [ProviderAway("refused")]
    with pytest.raises(ProviderAway):
        await world.do(REFUND)
    assert world.rows.payment == GIVING_BACK


async def test_a_giving_back_that_was_begun_goes_on(make: Make) -> None:
    payment = await make(GIVING_BACK).do(REFUND)
    assert payment is not None
    assert payment.status is Status.VOIDED


async def test_a_payment_that_a_saga_voids_is_not_to_be_refunded(make: Make) -> None:
    world = make(replace(GIVING_BACK, reason=""))
    with pytest.raises(NotPossible, match="cannot refund: the payment is voiding"):
        await world.do(REFUND)


async def test_after_silence_the_provider_is_asked_what_it_did(make: Make) -> None:
    world = make(None)
    world.provider.asks, world.provider.remembered = [ProviderSilent("lost")], [False, True]
    payment = await world.do(AUTHORISE)
    assert payment is not None
    assert payment.status is Status.AUTHORISED
    assert [call[:2] for call in world.provider.calls[1:]] == [("remembers", "S-1:authorise")] * 2


async def test_what_nobody_remembers_stays_unknown(make: Make) -> None:
    world = make(None)
    world.provider.asks, world.provider.remembered = [ProviderSilent("lost")], [False] * QUESTIONS
    with pytest.raises(ProviderSilent):
        await world.do(AUTHORISE)
    assert len(world.provider.calls) == 1 + QUESTIONS == 3
    assert world.rows.payment == replace(AUTHORISED, status=Status.NEW)


async def test_the_same_request_sent_twice_is_published_by_the_faster_one(make: Make) -> None:
    world = make(AUTHORISED)
    world.rows.meanwhile = lambda: setattr(world.rows, "payment", CAPTURED)
    assert await world.do(CAPTURE) == CAPTURED
    assert (world.rows.published, world.woken) == ([], 0)


@pytest.mark.parametrize(
    "now", [None, replace(AUTHORISED, status=Status.DECLINED, reason="no money")]
)
async def test_a_row_that_went_another_way_meanwhile_is_a_refusal(
    make: Make, now: Payment | None
) -> None:
    world = make(AUTHORISED)
    world.rows.meanwhile = lambda: setattr(world.rows, "payment", now)
    status = now.status if now else "unknown"
    with pytest.raises(NotPossible, match=f"cannot capture: the payment is {status}"):
        await world.do(CAPTURE)
    assert world.woken == 0
