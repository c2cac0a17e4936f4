"""An instance is in the registry while it is ready, and is gone after a clean exit."""

import asyncio
import contextlib
import time
from dataclasses import asdict

import orjson
import pytest

from chassis.events import bus
from chassis.registry import announcing as registry
from chassis.registry.discovery import Registration

pytestmark = pytest.mark.integration

ENTRY = Registration("catalog", "http://127.0.0.1:7001", "ab12", "2026-01-02T03:04:05Z")


@pytest.fixture
async def nats(nats_server):
    connection = await bus.connect(nats_server.url, "test")
    yield connection
    await connection.close()


async def keys(nats) -> list[str]:
    bucket = await registry.open_registry(nats)
    try:
        return list(await bucket.keys())
    except Exception as error:
        if type(error).__name__ == "NoKeysError":
            return []
        raise


async def eventually(check) -> None:
    deadline = time.monotonic() + 10
    while not await check():
        assert time.monotonic() < deadline, "not within 10 s"
        await asyncio.sleep(0.02)


async def test_announced_when_ready_and_taken_back(nats):
    reasons: list[str | None] = ["still reading"]

    async def ready() -> str | None:
        return reasons[0]

    announcing = asyncio.create_task(registry.announce(nats, ENTRY, ready))
    await asyncio.sleep(0.3)
    assert await keys(nats) == []
    reasons[0] = None

    async def announced() -> bool:
        return await keys(nats) == ["catalog.ab12"]

    await eventually(announced)
    bucket = await registry.open_registry(nats)
    entry = await bucket.get("catalog.ab12")
    assert orjson.loads(entry.value) == asdict(ENTRY)
    announcing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await announcing
    assert await keys(nats) == []


async def test_not_ready_any_more_is_taken_back(nats):
    reasons: list[str | None] = [None]

    async def ready() -> str | None:
        return reasons[0]

    announcing = asyncio.create_task(registry.announce(nats, ENTRY, ready))

    async def present() -> bool:
        return await keys(nats) == ["catalog.ab12"]

    async def absent() -> bool:
        return await keys(nats) == []

    await eventually(present)
    reasons[0] = "the database is away"
    await eventually(absent)
    announcing.cancel()


async def test_entries_expire_unless_renewed(nats):
    status = await (await registry.open_registry(nats)).status()
    assert status.ttl == 10
