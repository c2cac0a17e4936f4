"""Where services are: by fixed addresses, by the registry, and by what it said last."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from chassis.registry import announcing, instances
from chassis.registry.instances import Directory, by_service, merged


def test_entries_are_grouped_by_service_and_nonsense_is_left_out() -> None:
    entries = [
        b'{"service": "orders", "url": "http://b"}', b'{"service": "orders", "url": "http://a"}',
        b'{"service": "orders", "url": "http://a"}', b"{", b'{"service": "x"}', b"[]",
    ]  # fmt: skip
    assert by_service(entries) == {"orders": ["http://a", "http://b"]}


def test_the_last_address_of_a_service_is_kept() -> None:
    known = {"orders": ["http://a", "http://b"], "sales": ["http://c"]}
    assert merged(known, {"orders": ["http://b"]}) == known | {"orders": ["http://b"]}
    assert merged(known, {}) == known


def test_fixed_addresses_need_no_registry() -> None:
    nobody: Any = None
    directory = Directory(nobody, {"payments": ["http://a", "http://b"], "inventory": []})
    assert directory.urls("payments") == ["http://a", "http://b"]
    assert directory.urls("inventory") == []
    directory._known = {"inventory": ["http://c"], "payments": ["http://d"]}
    assert directory.urls("inventory") == ["http://c"]
    assert directory.urls("payments") == ["http://a", "http://b"]


class Bus:
    """A registry in memory: what is put into it is heard by who listens."""

    def __init__(self) -> None:
        self.entries = {"orders.a": b"1", "orders.b": b"2"}
        self.readings = 0
        self._heard: Any = None

    async def subscribe(self, _subject: str, cb: Any) -> None:
        self._heard = cb

    async def renew(self, key: str, value: bytes) -> None:
        self.entries[key] = value
        await self._heard(SimpleNamespace(subject=announcing.PREFIX + key, data=value))

    async def read(self, _client: Any) -> dict[str, bytes]:
        self.readings += 1
        return dict(self.entries)


async def test_while_every_entry_is_renewed_nothing_is_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bus, now = Bus(), [0.0]
    monkeypatch.setattr(announcing, "entries", bus.read)
    monkeypatch.setattr(instances, "EVERY_SECONDS", 0.001)
    monkeypatch.setattr(instances, "GATHER_SECONDS", 0.0)
    reading = instances.Reading(bus, lambda: now[0])  # type: ignore[arg-type]
    await reading.all()
    waiting = asyncio.create_task(reading.news())
    for _ in range(3):
        now[0] += instances.SILENT_SECONDS * 0.9
        await bus.renew("orders.a", b"1")
        await bus.renew("orders.b", b"2")
    done, _ = await asyncio.wait([waiting], timeout=0.05)
    assert not done
    now[0] += instances.SILENT_SECONDS * 0.9
    await bus.renew("orders.b", b"2")
    now[0] += instances.SILENT_SECONDS * 0.2  # a may expire
    await asyncio.wait_for(waiting, 10)


async def test_what_is_new_is_read_at_once_and_a_failed_reading_soon_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bus = Bus()
    monkeypatch.setattr(announcing, "entries", bus.read)
    reading = instances.Reading(bus, lambda: 0.0)  # type: ignore[arg-type]
    await reading.all()
    waiting = asyncio.create_task(reading.news())
    await bus.renew("sales.c", b"3")
    await asyncio.wait_for(waiting, 10)
    monkeypatch.setattr(announcing, "entries", gone)
    monkeypatch.setattr(instances, "EVERY_SECONDS", 0.001)
    with pytest.raises(OSError, match="away"):
        await reading.all()
    await asyncio.wait_for(reading.news(), 10)


async def gone(_client: Any) -> dict[str, bytes]:
    raise OSError("away")
