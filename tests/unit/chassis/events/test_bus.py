"""A task that talks to the bus ends when it is told to."""

import asyncio
import contextlib

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from chassis.events.bus import BusClient


async def test_a_cancellation_that_comes_with_the_answer_is_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = BusClient()

    async def answered(*_: object, **__: object) -> Msg:
        """As `asyncio.wait_for` does it before Python 3.12: the answer wins."""
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return Msg(client)

    monkeypatch.setattr(Client, "request", answered)
    task = asyncio.create_task(client.request("subject"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_earlier_cancellation_that_was_handled_says_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As after a TaskGroup whose task failed: the count of cancellations stays above zero."""
    client = BusClient()
    answer = Msg(client)

    async def answered(*_: object, **__: object) -> Msg:
        return answer

    async def ask() -> Msg:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return await client.request("subject")

    monkeypatch.setattr(Client, "request", answered)
    task = asyncio.create_task(ask())
    await asyncio.sleep(0)
    task.cancel()
    assert await task is answer


async def test_an_answer_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    client = BusClient()
    answer = Msg(client)

    async def answered(*_: object, **__: object) -> Msg:
        return answer

    monkeypatch.setattr(Client, "request", answered)
    assert await client.request("subject") is answer
