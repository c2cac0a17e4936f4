"""Events enter once, in the transaction of their handler, and what cannot be taken is not lost."""

from types import SimpleNamespace
from typing import Any

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI

from chassis.events import inbox
from chassis.events.inbox import Limits, Together
from chassis.tracing.context import traceparent
from contracts.events.payments import PaymentCaptured
from tests.rigs.inbox import CAPTURED, Table, World, message
from tests.rigs.shop.database import AWAY, Database


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, of which none takes time."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(inbox, "asyncio", SimpleNamespace(sleep=sleep))
    return pauses


async def test_an_event_is_handled_in_the_transaction_of_its_position() -> None:
    world = World()
    await world.deliver(message(11))
    assert (world.handled, world.table.stored, world.position.sequence) == (["S-11"], [11], 11)
    assert world.table.transactions == ["committed"]
    assert (world.count("handled"), world.count("known")) == (1, 0)


async def test_an_event_that_is_known_moves_the_position_alone() -> None:
    world = World(Table("S-11:capture"))
    await world.deliver(message(11))
    assert (world.handled, world.table.stored, world.position.sequence) == ([], [11], 11)
    assert (world.count("handled"), world.count("known")) == (0, 1)


async def test_what_came_together_is_one_transaction() -> None:
    world = World(Table("S-12:capture"))
    await world.deliver(message(11), message(12), message(13))
    assert (world.handled, world.table.stored) == (["S-11", "S-13"], [13])
    assert (world.table.transactions, world.position.sequence) == (["committed"], 13)
    assert (world.count("handled"), world.count("known")) == (2, 1)
    assert world.table.values("INSERT INTO inbox")[0][0] == "mail"
    assert world.table.values("begun = reader_position.begun + 1") == []


async def test_the_same_event_twice_among_them_is_handled_once() -> None:
    world = World()
    await world.deliver(message(11), message(12, "S-11"))
    assert world.handled == ["S-11"]
    assert (world.count("handled"), world.count("known")) == (1, 1)


async def test_a_handler_of_several_is_called_once_for_what_stands_in_a_row() -> None:
    world, heard = World(Table("S-13:capture")), []

    async def handle(connection: Any, several: Any) -> None:
        assert connection.transactions[-1] == "open"
        heard.append([event.payment_id for event, _ in several])

    world.inbox._handlers[CAPTURED] = (PaymentCaptured, Together(handle))
    other = message(12)
    other.subject = "events.payments.payment-refunded"
    other.data = other.data.replace(b"payment-captured", b"payment-refunded")
    await world.deliver(message(10), message(11), other, message(13), message(14), message(15))
    assert heard == [["S-10", "S-11"], ["S-14", "S-15"]]
    assert world.handled == ["S-12"]
    assert world.table.transactions == ["committed"]


async def test_of_several_that_fail_together_each_is_tried_alone(slept: list[float]) -> None:
    world, heard = World(), []

    async def handle(_: Any, several: Any) -> None:
        payments = [event.payment_id for event, _ in several]
        if "S-12" in payments:
            raise ValueError("odd")
        heard.extend(payments)

    world.inbox._handlers[CAPTURED] = (PaymentCaptured, Together(handle))
    await world.deliver(message(11), message(12), message(13))
    assert heard == ["S-11", "S-13"]
    assert (world.count("handled"), world.count("dead")) == (2, 1)


async def test_after_a_start_they_are_taken_one_by_one() -> None:
    """So that one which kills the process is known by itself."""
    world = World(limits=Limits(singly=3))
    await world.deliver(message(11), message(12))
    await world.deliver(message(13), message(14))
    assert world.table.stored == [11, 12, 13, 14]
    await world.deliver(message(15), message(16))
    assert world.table.stored == [11, 12, 13, 14, 16]
    begun = world.table.values("begun = reader_position.begun + 1")
    assert begun == [("mail", "s", 10)]  # the first one alone is marked as begun


async def test_one_that_fails_takes_no_neighbour_with_it(slept: list[float]) -> None:
    world = World()
    world.fails["S-12"] = [ValueError("odd")] * 99
    await world.deliver(message(11), message(12), message(13))
    assert world.handled == ["S-11", "S-11", "S-13"]  # the first time was rolled back
    assert (world.table.stored, world.position.sequence) == ([11, 12, 13], 13)
    assert (world.count("handled"), world.count("dead"), world.count("known")) == (2, 1, 0)
    assert world.table.known == {"S-11:capture", "S-13:capture"}
    assert len(world.fails["S-12"]) == 99 - 1 - Limits().attempts
    assert len(slept) == Limits().attempts == 5
    for pause, whole in zip(slept, (0.1, 0.2, 0.4, 0.8, 1.6), strict=True):
        assert whole / 2 <= pause <= whole


async def test_a_dead_letter_says_what_it_was_and_why(slept: list[float]) -> None:
    world = World()
    world.fails["S-11"] = [ValueError("odd\n  thing " + "x" * 600)] * 99
    await world.deliver(message(11))
    ((subject, data, headers),) = world.bus.published
    assert (subject, data) == ("deadletters.mail", message(11).data)
    assert headers == {
        "Nats-Msg-Id": "mail:s:11",
        "Fig-Consumer": "mail",
        "Fig-Error": f"ValueError: odd thing {'x' * 600}"[:500],
        "Fig-Attempts": "5",
        "Fig-Subject": CAPTURED,
        "Fig-Sequence": "11",
    }
    assert world.bus.stored_before == [[]]  # acknowledged there before the position moves


async def test_one_that_succeeds_at_last_is_no_dead_letter(slept: list[float]) -> None:
    world = World()
    world.fails["S-11"] = [ValueError("odd")] * 4
    await world.deliver(message(11))
    assert (world.handled, world.bus.published, len(slept)) == (["S-11"], [], 4)


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"no json", "not JSON: "), (b'{"v": 99}', "not an event of format 1"), (b"[]", "not an")],
)
async def test_what_is_no_event_is_not_tried_again(
    data: bytes, reason: str, slept: list[float]
) -> None:
    world = World()
    await world.deliver(message(11, data=data))
    assert world.bus.published[0][2]["Fig-Error"].startswith(reason)
    assert world.bus.published[0][2]["Fig-Attempts"] == "1"
    assert (slept, world.table.stored) == ([], [11])


@pytest.mark.parametrize("others", [[], [12]])
async def test_what_waiting_can_cure_is_not_the_messages_fault(
    others: list[int], slept: list[float]
) -> None:
    world = World()
    world.fails["S-11"] = [AWAY]
    with pytest.raises(asyncpg.CannotConnectNowError):
        await world.deliver(*(message(number) for number in [11, *others]))
    assert (world.bus.published, slept) == ([], [])
    assert (world.table.stored, world.position.sequence) == ([], 10)
    assert world.table.transactions == ["rolled back"]


async def test_after_a_failure_the_next_one_is_marked_as_begun_again() -> None:
    world = World(limits=Limits(singly=1))
    await world.deliver(message(11))
    world.fails["S-12"] = [AWAY]
    with pytest.raises(asyncpg.CannotConnectNowError):
        await world.deliver(message(12))
    await world.deliver(message(12), message(13))
    assert len(world.table.values("begun = reader_position.begun + 1")) == 2
    assert world.table.stored == [11, 12, 13]  # and taken one by one again


@pytest.mark.parametrize(("begun", "dead"), [(10, False), (11, True)])
async def test_one_over_which_the_process_died_too_often_is_dead(begun: int, dead: bool) -> None:
    world = World(Table(begun=begun))
    await world.deliver(message(11))
    await world.deliver(message(12))
    assert world.handled == (["S-12"] if dead else ["S-11", "S-12"])
    assert world.table.stored == [11, 12]
    for _, _, headers in world.bus.published:
        assert headers["Fig-Error"] == "the process died over it"
        assert headers["Fig-Attempts"] == "11"
    assert len(world.bus.published) == dead


async def test_old_ids_are_forgotten_now_and_then() -> None:
    world = World(limits=Limits(singly=0, clean_every=3))
    for number in range(11, 18):
        await world.deliver(message(number))
    assert world.table.values("DELETE FROM inbox") == [(14 * 24 * 3600.0,)] * 2
    await world.deliver(message(18), message(19), message(20))
    assert len(world.table.values("DELETE FROM inbox")) == 3


async def test_it_follows_what_it_handles_at_its_pace() -> None:
    world = World(limits=Limits(pace=0.75))
    source = world.inbox.follower._source
    assert (source.name, source.stream, source.pace) == ("mail", "EVENTS", 0.75)
    assert source.subjects == [CAPTURED, "events.payments.payment-refunded"]


async def test_why_it_stands_still_is_shown_and_a_person_lets_it_go_on() -> None:
    world = World()
    assert world.inbox.alarms == {}
    world.inbox.follower.stopped = "mail stopped after message 7"
    assert world.inbox.alarms == {"events": "mail stopped after message 7"}
    app, pool = FastAPI(), Database({"UPDATE reader_position": [(40,)]})
    known: Any = pool
    world.inbox.register(app, known)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://mail") as http:
        status = (await http.get("/events")).json()
        assert status == {"consumer": "mail", "stopped": "mail stopped after message 7"}
        moved = (await http.post("/events/go-on")).json()
        assert moved == {"consumer": "mail", "moved": True}
        assert pool.asked[0][1] == ("mail", 40)
        pool.rows = {}
        assert (await http.post("/events/go-on")).json()["moved"] is False


async def test_it_runs_as_its_follower_does(monkeypatch: pytest.MonkeyPatch) -> None:
    world, ran = World(), []

    async def run() -> None:
        ran.append(True)

    monkeypatch.setattr(world.inbox.follower, "run", run)
    await world.inbox.run()
    assert ran == [True]


async def test_a_handler_works_in_the_trace_of_the_events_publisher() -> None:
    world, heard = World(), []

    async def handle(_connection: Any, event: Any, _envelope: Any) -> None:
        heard.append((event.payment_id, traceparent()))

    world.inbox._handlers[CAPTURED] = (PaymentCaptured, handle)
    sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
    traced, other = message(11), message(12)
    traced.headers = {"traceparent": sent}
    world.inbox._singly = 0
    await world.deliver(traced, other)
    assert heard == [("S-11", sent), ("S-12", "")]
