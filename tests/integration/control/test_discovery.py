"""Instances come from a real registry, and stay when it is away."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nats
import pytest

from chassis.registry import announcing as registry
from chassis.registry import instances
from chassis.registry.announcing import open_registry
from chassis.registry.discovery import Registration
from facade.control.surroundings import discovery
from facade.control.surroundings.discovery import discover
from facade.runtime.instances import read_instances

pytestmark = pytest.mark.integration


async def until(what: str, check: Callable[[], bool]) -> None:
    try:
        async with asyncio.timeout(60):
            while not check():  # noqa: ASYNC110 - a file changes, which sets no event
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(what) from None


async def put(url: str, instance: str, port: int, delete: bool = False) -> None:
    client = await nats.connect(url)
    entry = Registration("catalog", f"http://127.0.0.1:{port}", instance, "now")
    entries = await open_registry(client)
    if delete:
        await entries.delete(entry.key)
    else:
        await entries.put(entry.key, json.dumps(asdict(entry)).encode())
    await client.close()


async def test_instances_come_go_and_outlive_the_registry(nats_server: Any, tmp_path: Path) -> None:
    found: list[dict[str, list[str]]] = []
    following = asyncio.create_task(discover(nats_server.url, tmp_path, found.append))
    one, two = "http://127.0.0.1:1001", "http://127.0.0.1:1002"

    def written() -> list[str]:
        return read_instances(tmp_path).get("catalog", [])

    await put(nats_server.url, "a", 1001)
    await until("the first instance", lambda: written() == [one])
    await put(nats_server.url, "b", 1002)
    await until("both instances", lambda: written() == [one, two])
    await put(nats_server.url, "a", 1001, delete=True)
    await until("one has left", lambda: written() == [two])
    nats_server.kill()
    await asyncio.sleep(1.5)  # not a wait for a state: a time in which nothing may happen
    assert written() == [two]
    assert not following.done()
    nats_server.start()
    await put(nats_server.url, "c", 1001)
    await until("it goes on", lambda: one in written())
    assert found[0] == {}
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


async def test_a_service_without_an_instance_is_reported_though_its_last_one_stays(
    nats_server: Any, tmp_path: Path
) -> None:
    registered: list[frozenset[str]] = []
    following = asyncio.create_task(
        discover(nats_server.url, tmp_path, lambda _: None, registered.append)
    )
    await put(nats_server.url, "a", 1001)
    await until("it is there", lambda: registered[-1:] == [frozenset({"catalog"})])
    await put(nats_server.url, "a", 1001, delete=True)
    await until("it is gone", lambda: registered[-1] == frozenset())
    assert read_instances(tmp_path) == {"catalog": ["http://127.0.0.1:1001"]}
    nats_server.kill()
    before = len(registered)
    await asyncio.sleep(1.5)  # a time in which nobody knows, so nothing may be reported
    assert len(registered) == before
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


async def test_what_is_new_is_read_at_once_and_a_renewal_not_at_all(
    nats_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instances, "EVERY_SECONDS", 3600.0)  # nobody looks by himself
    readings: list[int] = []
    by_service = discovery.by_service

    def counted(entries: Any) -> Any:
        readings.append(len(entries))
        return by_service(entries)

    monkeypatch.setattr(discovery, "by_service", counted)
    following = asyncio.create_task(discover(nats_server.url, tmp_path, lambda _: None))
    await until("the first reading", lambda: readings == [0])
    await put(nats_server.url, "a", 1001)
    await until("the new one", lambda: readings == [0, 1])
    for _ in range(3):
        await put(nats_server.url, "a", 1001)
    await put(nats_server.url, "b", 1002)
    await until("the other new one", lambda: 2 in readings)
    assert readings == [0, 1, 2]
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


async def test_reading_leaves_nothing_on_the_server(nats_server: Any) -> None:
    await put(nats_server.url, "a", 1001)
    await put(nats_server.url, "b", 1002)
    await put(nats_server.url, "b", 1002, delete=True)
    client = await nats.connect(nats_server.url)
    for _ in range(3):
        assert list(await registry.entries(client)) == ["catalog.a"]
    assert await client.jetstream().consumers_info("KV_registry") == []
    await client.close()
