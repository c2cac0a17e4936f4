"""The bus is waited for, has what we need, and lets a task end that is told to."""

import asyncio
import contextlib
from types import SimpleNamespace
from typing import Any

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import KeyValueConfig, StreamConfig
from nats.js.errors import BadRequestError, BucketNotFoundError, NotFoundError

from chassis.events import bus
from chassis.events.bus import BusClient, ensure_bucket, ensure_stream


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


class Streams:
    """A JetStream that has what it was given; `late`: another one makes a bucket meanwhile."""

    def __init__(self, *names: str, late: bool = False) -> None:
        self.names, self.late = set(names), late
        self.made: list[Any] = []

    async def stream_info(self, name: str) -> None:
        if name not in self.names:
            raise NotFoundError

    async def add_stream(self, config: StreamConfig) -> None:
        self.made.append(config)

    async def key_value(self, name: str) -> str:
        if name not in self.names:
            raise BucketNotFoundError
        return name

    async def create_key_value(self, config: KeyValueConfig) -> str:
        if self.late:
            self.names.add(config.bucket)
            raise BadRequestError
        self.made.append(config)
        return "made"


async def test_a_stream_is_made_where_there_is_none() -> None:
    config, streams = StreamConfig("S"), Streams()
    for known in (Streams("S"), streams):
        known_as: Any = known
        await ensure_stream(known_as, config)
    assert streams.made == [config]


async def test_of_two_that_make_a_bucket_at_once_both_have_it() -> None:
    config = KeyValueConfig("B")
    for streams, found in ((Streams("B"), "B"), (Streams(), "made"), (Streams(late=True), "B")):
        known: Any = streams
        assert await ensure_bucket(known, config) == found


async def test_the_first_connection_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it reconnects for ever, and tells what goes wrong."""
    errors: list[Exception] = [OSError("refused"), TimeoutError()]
    options: list[dict[str, Any]] = []
    slept: list[float] = []

    async def connecting(_: Client, url: str, **given: Any) -> None:
        options.append({"url": url, **given})
        if errors:
            raise errors.pop(0)
        await given["error_cb"](OSError("later"))

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(Client, "connect", connecting)
    shim = SimpleNamespace(sleep=sleep, current_task=asyncio.current_task)
    monkeypatch.setattr(bus, "asyncio", shim)
    client = await bus.connect("nats://somewhere", "orders")
    assert isinstance(client, BusClient)
    assert len(slept) == 2 < len(options)
    assert (options[2]["url"], options[2]["name"]) == ("nats://somewhere", "orders")
    assert options[2]["max_reconnect_attempts"] == -1
    assert options[2]["reconnect_time_wait"] < 1  # seconds
    # A broker that is silent is noticed, and an attempt to reach one ends.
    assert options[2]["ping_interval"] * options[2]["max_outstanding_pings"] <= 10
    assert options[2]["connect_timeout"] <= 2


async def test_a_bug_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def connecting(*_: object, **__: object) -> None:
        raise ValueError("no such option")

    monkeypatch.setattr(Client, "connect", connecting)
    with pytest.raises(ValueError, match="no such option"):
        await bus.connect("nats://somewhere", "orders")
