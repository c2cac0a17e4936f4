"""A read model asks for watermarks: at once for who waits, now and then for who is answered."""

import asyncio

import nats
from fastapi import Request

from chassis.readmodel.heartbeats import AGAIN_SECONDS, ONCE_SECONDS, Heartbeats
from chassis.readmodel.projection import fresh
from chassis.readmodel.watermark import Watermark
from contracts.subjects import HEARTBEAT_SUBJECT


class Bus:
    """Counts what is published."""

    def __init__(self, away: bool = False) -> None:
        self.said: list[str] = []
        self._away = away

    async def publish(self, subject: str, _body: bytes) -> None:
        if self._away:
            raise nats.errors.ConnectionClosedError
        self.said.append(subject)


async def asked(*steps: tuple[float, bool]) -> int:
    """How many messages that makes; each step is seconds later, and whether a request waits."""
    bus, now = Bus(), [0.0]
    heartbeats = Heartbeats(bus, lambda: now[0])  # type: ignore[arg-type]
    for later, waits in steps:
        now[0] += later
        heartbeats.ask(waits)
        await asyncio.sleep(0)
    assert set(bus.said) == {HEARTBEAT_SUBJECT}
    return len(bus.said)


async def test_requests_that_are_answered_ask_now_and_then():
    assert await asked((0.0, False), (0.0, False), (AGAIN_SECONDS * 0.9, False)) == 1
    assert await asked((0.0, False), (AGAIN_SECONDS, False)) == 2


async def test_a_request_that_waits_asks_at_once_and_those_beside_it_do_not():
    assert await asked((0.0, False), (ONCE_SECONDS, True), (0.0, True)) == 2


async def test_without_a_bus_nothing_is_asked_and_nothing_breaks():
    heartbeats = Heartbeats(Bus(away=True))  # type: ignore[arg-type]
    heartbeats.ask(waits=True)
    (sending,) = heartbeats._sending
    await sending
    assert not heartbeats._sending


async def test_requests_say_whether_they_wait():
    watermark, waits = Watermark(), []
    watermark.on_use = waits.append
    watermark.advance(100)
    await fresh(Request({"type": "http", "headers": [(b"fig-after", b"100")]}), watermark)
    assert waits == [False]
    waiting = asyncio.create_task(watermark.reached(200, patience=5))
    await asyncio.sleep(0)
    assert waits == [False, True]
    watermark.advance(200)
    assert await waiting
