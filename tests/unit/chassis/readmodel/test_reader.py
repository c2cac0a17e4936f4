"""A reader notices that its server has fallen silent, however often somebody hurries it."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from chassis.readmodel import reader as reading
from chassis.readmodel.reader import ReaderLost, StreamReader


class Nats:
    """A server that takes every request and never says a word, but for what `say` lets it."""

    is_closed = False

    def __init__(self) -> None:
        self.callback: Any = None

    def jetstream(self) -> Any:
        async def add_consumer(*_: object) -> Any:
            return SimpleNamespace(name="consumer")

        return SimpleNamespace(add_consumer=add_consumer)

    def new_inbox(self) -> str:
        return "inbox"

    async def subscribe(self, _: str, cb: Any) -> Any:
        async def unsubscribe() -> None:
            return None

        self.callback = cb
        return SimpleNamespace(unsubscribe=unsubscribe)

    async def publish(self, *_: object) -> None:
        return None


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "HEARTBEAT_SECONDS", 0.05)


async def _hurried(reader: StreamReader) -> None:
    while True:
        reader.hurry()
        await asyncio.sleep(0.001)


async def test_a_silent_server_is_noticed_while_requests_wait() -> None:
    nats: Any = Nats()
    async with StreamReader(nats, "S", ["s.a"], after=0) as reader:
        hurrying = asyncio.create_task(_hurried(reader))
        try:
            with pytest.raises(ReaderLost, match="no heartbeat"):
                async with asyncio.timeout(5):
                    await reader.batch(10)
        finally:
            hurrying.cancel()
