"""The monolith as a system of record, over a played wire: what each answer, and each silence, is
taken for. The wall clock is wrong all the while; only the monotonic one counts."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest
from joserfc.jwk import OKPKey

from chassis.breaker.circuit import State
from chassis.web.client import Answer, NoAnswer, NotConnected, NotSent
from chassis.web.sealed import Session, seal
from contracts.mark import new_saga_id
from contracts.orders import Order, OrderRequest
from contracts.record import Customer, RecordAway, RecordRefused, RecordSilent
from new_services.anticorruption.calls import Limits
from new_services.anticorruption.legacy import Legacy
from tests.rigs.facade.wires.played import Wire

KEY = OKPKey.generate_key("X25519", auto_kid=True)
ANNA = Customer("a@b.c", "Anna", seal(KEY, Session("a@b.c", "session=abc")))
STRANGER = Customer("a@b.c", "Anna", "not a seal")
WANTED = OrderRequest({"MUG-0": 2}, po_number="PO 17")
SAGA = new_saga_id()
FOR_EVER = 1e9


def document(order_no: str = "SO-1", **more: Any) -> dict[str, Any]:
    """An order as the monolith shows it."""
    line = {"line_no": 1, "sku": "MUG-0", "name": "Mug", "qty": 2, "price": "10.00"}
    return {
        "order_no": order_no, "status": "NEW", "total": "20.00", "po_number": f"PO 17 ~{SAGA}",
        "pay_method": "invoice", "lines": [line], "ship": {},
        "created": "2026-03-01 12:00:00", "updated": "2026-03-01 12:00:00", **more,
    }  # fmt: skip


def answer(status: int, body: object = None, **headers: str) -> Answer:
    """As it comes over the wire."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


def legacy(wire: Wire) -> Legacy:
    return Legacy(wire, KEY, Limits(), lambda: wire.now, lambda: 0.0, wire.pause)


async def _place(wire: Wire, until: float = FOR_EVER) -> Order:
    return await legacy(wire).place(ANNA, WANTED, SAGA, until)


Call = Callable[[Legacy], Awaitable[Any]]
CALLS: dict[str, Call] = {
    "place": lambda record: record.place(ANNA, WANTED, SAGA, FOR_EVER),
    "find": lambda record: record.find(ANNA, WANTED, SAGA, FOR_EVER),
    "cancel": lambda record: record.cancel(ANNA, "SO-1"),
    "look": lambda record: record.look(ANNA, "SO-1"),
}
READS = {"find", "look"}


async def test_an_order_is_sent_in_two_halves_with_its_mark_and_the_session() -> None:
    wire = Wire(answer(201, document()))
    order = await _place(wire)
    (sent,) = wire.sent
    assert (sent.method, sent.path, sent.guarded) == ("POST", "/api/orders", True)
    assert sent.headers["cookie"] == "session=abc"
    assert orjson.loads(sent.body)["po_number"] == f"PO 17 ~{SAGA}"
    assert (order.order_no, order.po_number, order.saga_id) == ("SO-1", "PO 17", SAGA)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_an_error_of_the_monoliths_own_says_nothing(name: str, status: int) -> None:
    wire = Wire(answer(status, {"error": "oops"}))
    kind = RecordAway if name in READS else RecordSilent
    with pytest.raises(kind) as caught:
        await CALLS[name](legacy(wire))
    assert caught.value.answered  # so it counts against a budget
    assert len(wire.sent) == (2 if name in READS else 1)  # a write is never repeated


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("status", [408, 425, 429])
async def test_not_now_is_no_refusal(name: str, status: int) -> None:
    wire = Wire(answer(status, {"error": "slow down"}, retry_after="7"))
    with pytest.raises(RecordAway) as caught:
        await CALLS[name](legacy(wire))
    assert (caught.value.after, caught.value.answered) == (7.0, True)


@pytest.mark.parametrize(("given", "after"), [("3600", 60.0), ("Sun, 06 Nov 1994", 0.0)])
async def test_retry_after_is_bounded(given: str, after: float) -> None:
    with pytest.raises(RecordAway) as caught:
        await _place(Wire(answer(429, {}, retry_after=given)))
    assert caught.value.after == after


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("status", [400, 401, 403, 409])
async def test_a_refusal_keeps_its_own_words(name: str, status: int) -> None:
    with pytest.raises(RecordRefused) as caught:
        await CALLS[name](legacy(Wire(answer(status, {"error": "no", "status": "SHIPPED"}))))
    assert (caught.value.status, caught.value.body["status"]) == (status, "SHIPPED")


async def test_an_order_that_is_not_there_is_not_there() -> None:
    assert await CALLS["look"](legacy(Wire(answer(404, {"error": "order not found"})))) is None


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    "odd",
    [answer(200, b"<html>"), answer(201, b"<html>"), answer(302, {}), answer(200, {"a": 1}),
     answer(201, {"a": 1}), answer(200, {"orders": [{}]}), answer(409, [1])],
)  # fmt: skip
async def test_an_answer_that_is_none_says_nothing(name: str, odd: Answer) -> None:
    with pytest.raises(RecordSilent) as caught:
        await CALLS[name](legacy(Wire(odd)))
    assert caught.value.answered


@pytest.mark.parametrize("name", CALLS)
async def test_what_was_not_sent_did_nothing(name: str) -> None:
    for error in (NotSent("queue"), NotConnected("refused")):
        with pytest.raises(RecordAway) as caught:
            await CALLS[name](legacy(Wire(error)))
        assert not caught.value.answered


async def test_what_was_sent_and_not_answered_is_unknown_but_of_a_read() -> None:
    for name in ("place", "cancel"):
        with pytest.raises(RecordSilent) as caught:
            await CALLS[name](legacy(Wire(NoAnswer("nothing within 5 s"))))
        assert not caught.value.answered
    for name in READS:
        with pytest.raises(RecordAway):
            await CALLS[name](legacy(Wire(NoAnswer("nothing within 1.5 s"))))


async def test_a_read_is_repeated_once() -> None:
    wire = Wire(NoAnswer("lost"), answer(200, document()))
    assert (await CALLS["look"](legacy(wire))).order_no == "SO-1"
    assert len(wire.sent) == 2


async def test_no_session_no_call() -> None:
    wire = Wire(answer(201, document()))
    with pytest.raises(RecordRefused) as caught:
        await legacy(wire).place(STRANGER, WANTED, SAGA, FOR_EVER)
    assert (caught.value.status, wire.sent) == (401, [])


@pytest.mark.parametrize("numbers", [[], ["SO-1"], ["SO-1", "SO-2", "SO-3"]])
async def test_none_one_and_several_are_found_the_oldest_first(numbers: list[str]) -> None:
    newest_first = [document(number) for number in reversed(numbers)]
    wire = Wire(answer(200, {"orders": newest_first}))
    found = await CALLS["find"](legacy(wire))
    assert [order.order_no for order in found] == numbers
    assert wire.sent[0].path == f"/api/orders?po_number=PO%2017%20~{SAGA}&per_page=100"


LIMITS = Limits()


@pytest.mark.parametrize("age", [0.0, LIMITS.write, LIMITS.under_way - 0.01])
async def test_not_found_is_not_certain_while_it_may_be_under_way(age: float) -> None:
    with pytest.raises(RecordAway, match="may still be under way") as caught:
        await legacy(Wire(answer(200, {"orders": []}))).find(ANNA, WANTED, SAGA, age)
    assert caught.value.after == pytest.approx(min(LIMITS.under_way - age, 1.0))
    assert caught.value.ours  # it is there: nobody else need wait


async def test_after_that_it_is() -> None:
    empty = Wire(answer(200, {"orders": []}))
    assert await legacy(empty).find(ANNA, WANTED, SAGA, LIMITS.under_way) == []


async def test_an_attempt_ends_with_its_lease() -> None:
    wire = Wire(answer(201, document()))
    wire.queue = 0.5
    await _place(wire, until=wire.now + 3.0)
    assert wire.sent[0].timeout == pytest.approx(2.5)
    await _place(wire, until=FOR_EVER)
    assert wire.sent[1].timeout == LIMITS.write


async def test_after_its_lease_it_does_not_begin() -> None:
    wire = Wire(answer(201, document()))
    wire.queue = 0.5
    with pytest.raises(RecordAway, match="other hands"):
        await _place(wire, until=wire.now + 0.4)
    assert wire.sent == []


async def test_the_breaker_opens_by_failures_and_lets_nothing_through() -> None:
    wire = Wire(NotConnected("refused"))
    record = legacy(wire)
    for _ in range(6):
        with pytest.raises(RecordAway):
            await CALLS["place"](record)
    with pytest.raises(RecordAway, match="breaker") as caught:
        await CALLS["place"](record)
    assert len(wire.sent) == 6
    assert 0 < caught.value.after <= 2.0
    assert record.guards["write"].is_open
    assert record.guards["read"].breaker.state is State.CLOSED


async def test_refusals_and_our_own_queue_open_no_breaker() -> None:
    wire = Wire(answer(409, {"error": "out of stock"}))
    record = legacy(wire)
    for _ in range(30):
        with pytest.raises(RecordRefused):
            await CALLS["place"](record)
    wire.full = True
    for _ in range(30):
        with pytest.raises(RecordAway, match="no turn") as caught:
            await CALLS["place"](record)
        assert caught.value.ours
    wire.full, wire.queue = False, 60.0  # an age, and none of the callee's
    for _ in range(30):
        with pytest.raises(RecordRefused):
            await CALLS["place"](record)
    assert record.guards["write"].breaker.state is State.CLOSED


@pytest.mark.parametrize(("left", "sent"), [(0.0, False), (-1.0, False), (0.25, True)])
async def test_what_is_left_of_the_lease_is_for_the_attempt(left: float, sent: bool) -> None:
    wire = Wire(answer(201, document()))
    if sent:
        await _place(wire, until=wire.now + left)
        assert wire.sent[0].timeout == pytest.approx(left)
        return
    with pytest.raises(RecordAway) as caught:
        await _place(wire, until=wire.now + left)
    assert caught.value.ours  # legacy has nothing to do with it: nobody else need wait
    assert wire.sent == []


async def test_each_call_has_its_limit() -> None:
    limits = Limits(write=3.0, read=0.7)
    for name in CALLS:
        wire = Wire(answer(201 if name == "place" else 200, document() | {"orders": []}))
        record = Legacy(wire, KEY, limits, lambda: 5000.0, lambda: 0.0, wire.pause)
        await CALLS[name](record)
        assert wire.sent[0].timeout == (0.7 if name in READS else 3.0)
        await CALLS[name](Legacy(wire, KEY, clock=lambda: 5000.0))
        assert wire.sent[1].timeout == (LIMITS.read if name in READS else LIMITS.write)


async def test_a_cancelled_order_is_answered_as_it_is_now() -> None:
    wire = Wire(answer(200, document(status="CANCELLED")))
    order = await CALLS["cancel"](legacy(wire))
    assert (order.order_no, order.status) == ("SO-1", "CANCELLED")
    assert (wire.sent[0].path, wire.sent[0].guarded) == ("/api/orders/SO-1/cancel", False)


@pytest.mark.parametrize("chance", [0.0, 0.5])
async def test_a_read_is_repeated_after_a_moment(chance: float) -> None:
    wire, pauses = Wire(NoAnswer("lost"), answer(200, document())), list[float]()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    await CALLS["look"](Legacy(wire, KEY, Limits(), lambda: wire.now, lambda: chance, pause))
    assert pauses == [pytest.approx(0.05 * (1 + chance))]


@pytest.mark.parametrize("name", CALLS)
async def test_an_answer_without_json_is_named_as_such(name: str) -> None:
    status = 201 if name == "place" else 200
    with pytest.raises(RecordSilent, match=f"legacy answered {status}, and no JSON"):
        await CALLS[name](legacy(Wire(answer(status, b"<html>"))))


@pytest.mark.parametrize(("name", "slow"), [("place", 4.0), ("look", 2.0)])
async def test_a_breaker_opens_when_six_calls_were_slow_and_tries_again_two_seconds_later(
    name: str, slow: float
) -> None:
    good = answer(201 if name == "place" else 200, document())
    wire = Wire(good, takes=slow - 0.1)
    record = legacy(wire)
    for _ in range(8):
        await CALLS[name](record)  # below the limit
    wire = Wire(good, takes=slow + 0.1)
    record = legacy(wire)
    guard = record.guards["read" if name in READS else "write"]
    for _ in range(5):
        await CALLS[name](record)
        wire.now -= wire.takes  # all within one window
    assert not guard.is_open
    await CALLS[name](record)
    assert guard.is_open
    wire.now += 1.9
    assert guard.is_open
    wire.now += 0.2
    assert not guard.is_open


@pytest.mark.parametrize("name", ["place", "look"])
async def test_after_two_good_probes_a_breaker_lets_calls_through_again(name: str) -> None:
    wire = Wire(NotConnected("refused"))
    record = legacy(wire)
    guard = record.guards["read" if name in READS else "write"]
    while not guard.is_open:
        with pytest.raises(RecordAway):
            await CALLS[name](record)
    wire.played, wire.now = [answer(201 if name == "place" else 200, document())], wire.now + 2.1
    await CALLS[name](record)
    assert guard.breaker.state is State.HALF_OPEN
    await CALLS[name](record)
    assert guard.breaker.state is State.RAMP


def test_what_has_no_room_for_a_mark_is_not_accepted() -> None:
    record = legacy(Wire(answer(200)))
    assert record.accepts(WANTED)
    assert not record.accepts(OrderRequest({}, po_number="x" * 99))
