"""Inventory and payments as a step hears them: what did nothing, what nobody knows, what is no."""

import contextlib
from typing import Any

import orjson
import pytest

from chassis.breaker.guard import Held
from chassis.saga import BadAnswer, NotYet, Refused, Silent
from chassis.web.client import Answer, NoAnswer, NotConnected, NotSent, NoTurn, Request
from contracts.ownership import Stamp
from new_services.orders.saga.partners import CALL_SECONDS, Inventory, Partner, Payments

OURS = Stamp(7, ours=True, window=True, since=50)


class Service:
    """Answers what is played, and keeps what it was asked."""

    name = "payments"

    def __init__(self, played: Answer | Exception) -> None:
        self.played = played
        self.asked: list[Request] = []

    async def send(self, request: Request, failed: Any) -> Answer:
        self.asked.append(request)
        if isinstance(self.played, Exception):
            raise self.played
        self.failed = failed(self.played)
        return self.played


def partner(service: Any) -> Partner:
    return Partner(service, lambda: "token")


def answer(code: int, **body: object) -> Answer:
    return Answer(code, {}, orjson.dumps(body))


async def _said(played: Answer | Exception) -> BaseException:
    with pytest.raises((NotYet, Silent, BadAnswer, Refused)) as caught:
        await Payments(partner(Service(played))).void("S-1")
    return caught.value


@pytest.mark.parametrize(
    "error",
    [NotConnected("refused"), NotSent("half"), NoTurn("queue"), Held("the breaker is open", 0.7)],
)
async def test_what_was_not_sent_did_nothing_and_all_who_wait_for_it_wait_together(
    error: Exception,
) -> None:
    said = await _said(error)
    assert isinstance(said, NotYet)
    assert (said.callee, said.answered) == ("payments", False)
    assert said.after == getattr(error, "after", 0.0)


async def test_no_answer_says_nothing() -> None:
    assert isinstance(await _said(NoAnswer("nothing within 3 s")), Silent)


@pytest.mark.parametrize(
    ("status", "kind", "answered"),
    [
        (503, NotYet, False),  # the provider is away: it may be so for long
        (408, NotYet, True),
        (425, NotYet, True),
        (429, NotYet, True),
        (401, NotYet, False),  # we are not known there: that is no answer to the request
        (403, NotYet, False),
    ],
)
async def test_not_now_is_no_refusal(status: int, kind: type[NotYet], answered: bool) -> None:
    said = await _said(answer(status, error="no"))
    assert isinstance(said, kind)
    assert said.answered is answered
    assert said.callee == ("" if answered else "payments")


@pytest.mark.parametrize(("status", "kind"), [(504, Silent), (500, BadAnswer), (502, BadAnswer)])
async def test_what_nobody_knows(status: int, kind: type[Exception]) -> None:
    assert isinstance(await _said(answer(status, error="oops")), kind)


@pytest.mark.parametrize(
    ("status", "failed"), [(200, False), (402, False), (409, False), (503, False), (504, False),
                           (500, True), (502, True)]
)  # fmt: skip
async def test_only_its_own_failures_are_held_against_it(status: int, failed: bool) -> None:
    service = Service(answer(status, error="x"))
    with contextlib.suppress(NotYet, Silent, BadAnswer, Refused):
        await Payments(partner(service)).void("S-1")
    assert service.failed is failed


async def test_a_refusal_keeps_the_words_of_the_service_that_refused() -> None:
    said = await _said(answer(409, error="cannot void"))
    assert isinstance(said, Refused)
    assert said.reason == "409: cannot void"
    with pytest.raises(Refused) as caught:
        await Payments(partner(Service(answer(402, reason="stolen")))).authorise(
            "S", "1.00", "card"
        )
    assert caught.value.answer == {"status": 402, "body": {"error": "payment declined"}}
    short = answer(409, error="out of stock", sku="MUG-0")
    with pytest.raises(Refused) as caught:
        await Inventory(partner(Service(short))).reserve("S", {"MUG-0": 1}, 0, OURS)
    assert caught.value.answer == {"status": 409, "body": {"error": "out of stock", "sku": "MUG-0"}}


async def test_it_proves_who_calls() -> None:
    service = Service(answer(200))
    await Payments(partner(service)).void("S-1")
    assert service.asked[0].headers["authorization"] == "Bearer token"


@pytest.mark.parametrize(("status", "amount"), [("refunded", "9.50"), ("voided", "0.00")])
async def test_what_came_back(status: str, amount: str) -> None:
    service = Service(answer(200, status=status, amount="9.50"))
    assert await Payments(partner(service)).refund("S-1", "SO-1") == amount


async def test_what_is_being_taken_just_now_is_given_back_later() -> None:
    with pytest.raises(NotYet):
        await Payments(partner(Service(answer(409, error="new")))).refund("S-1", "SO-1")


async def test_a_call_of_an_epoch_that_is_over_is_made_again_with_another_stamp() -> None:
    stale = answer(412, error="epoch 6 is over")
    with pytest.raises(NotYet, match="epoch 6 is over") as caught:
        await Inventory(partner(Service(stale))).gate("S-1", {"MUG-0": 2}, OURS)
    assert (caught.value.callee, caught.value.answered) == ("", False)


STAMPED = {"epoch": 7, "ours": True, "window": True, "since": 50}
CALLS: list[tuple[str, Any, str, Any]] = [
    (
        "PUT /reservations/S-1",
        lambda one: Inventory(one).reserve("S-1", {"MUG-0": 2}, 17, OURS),
        "reserve",
        {"pieces": {"MUG-0": 2}, "after": 17} | STAMPED,
    ),
    ("DELETE /reservations/S-1", lambda one: Inventory(one).release("S-1"), "release", None),
    (
        "POST /reservations/S-1/sell",
        lambda one: Inventory(one).sell("S-1", "SO-1", "then", OURS),
        "sell",
        {"order_no": "SO-1", "created": "then"} | STAMPED,
    ),
    (
        "PUT /returns/SO-1",
        lambda one: Inventory(one).put_back("SO-1", {"MUG-0": 2}, "then", OURS),
        "put back",
        {"pieces": {"MUG-0": 2}, "created": "then"} | STAMPED,
    ),
    (
        "POST /payments/S-1/authorise",
        lambda one: Payments(one).authorise("S-1", "9.50", "card"),
        "authorise",
        {"amount": "9.50", "method": "card"},
    ),
    ("POST /payments/S-1/void", lambda one: Payments(one).void("S-1"), "void", None),
    (
        "POST /payments/S-1/capture",
        lambda one: Payments(one).capture("S-1", "SO-1", "9.50"),
        "capture",
        {"amount": "9.50", "order_no": "SO-1", "approved": False},
    ),
    (
        "POST /payments/S-1/capture",
        lambda one: Payments(one).capture("S-1", "SO-1", "9.50", approved=True),
        "approved",
        {"amount": "9.50", "order_no": "SO-1", "approved": True},
    ),
    (
        "POST /payments/S-1/refund",
        lambda one: Payments(one).refund("S-1", "SO-1"),
        "refund",
        {"order_no": "SO-1"},
    ),
]


@pytest.mark.parametrize(("line", "call", "_", "body"), CALLS, ids=[each[2] for each in CALLS])
async def test_each_call_is_asked_for_so(line: str, call: Any, _: str, body: Any) -> None:
    service = Service(answer(200, status="refunded", amount="9.50"))
    await call(partner(service))
    (request,) = service.asked
    assert f"{request.method} {request.path}" == line
    assert request.body == (b"" if body is None else orjson.dumps(body))
    assert ("content-type" in request.headers) is (body is not None)
    assert request.timeout == CALL_SECONDS


@pytest.mark.parametrize(("call", "name"), [(each[1], each[2]) for each in CALLS])
async def test_what_was_not_done_is_never_taken_for_done(call: Any, name: str) -> None:
    with pytest.raises(Refused, match="not this"):
        await call(partner(Service(answer(422, error="not this"))))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"detail": "too large"}', "too large"),
        (b'{"error": "", "detail": "d"}', "d"),
        (b'{"odd": 1}', "{'odd': 1}"),
        (b"<html>" + b"x" * 200, f"<html>{'x' * 94}"),
        (b"[1]", "[1]"),
        (b"\xff", "\ufffd"),
    ],
)
async def test_whatever_it_answers_is_passed_on(body: bytes, said: str) -> None:
    found = await _said(Answer(418, {}, body))
    assert str(found) == f"418: {said}"


async def test_a_decline_is_passed_on_with_its_reason() -> None:
    with pytest.raises(Refused, match=r"^declined: stolen$"):
        await Payments(partner(Service(answer(402, reason="stolen")))).authorise("S", "1", "card")
    with pytest.raises(Refused, match=r"^declined: $"):
        await Payments(partner(Service(answer(402)))).authorise("S", "1", "card")


async def test_a_refund_that_meets_a_capture_is_asked_for_again_soon() -> None:
    with pytest.raises(NotYet, match=r"^it is new$") as caught:
        await Payments(partner(Service(answer(409, error="it is new")))).refund("S-1", "SO-1")
    assert (caught.value.after, caught.value.callee, caught.value.answered) == (0.2, "", False)


async def test_what_a_cutover_asks_of_the_stock() -> None:
    service = Service(answer(200, reached=70))
    assert await Inventory(partner(service)).standing() == {"reached": 70}
    await Inventory(partner(service)).legacys(8)
    assert [(each.method, each.path) for each in service.asked] == [
        ("GET", "/cutover/stock"), ("PUT", "/cutover/stock"),
    ]  # fmt: skip
    assert orjson.loads(service.asked[1].body)["epoch"] == 8
    for played in (answer(503, error="away"), NoAnswer("nothing"), answer(412, error="over")):
        with pytest.raises(TimeoutError, match="the inventory: "):
            await Inventory(partner(Service(played))).standing()
