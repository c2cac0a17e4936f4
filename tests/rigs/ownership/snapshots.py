"""A service's read model filled with legacy's rows as they are now: no feed, no bus, no process."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import asyncpg
import httpx2
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from chassis.readmodel.watermark import Watermark
from chassis.web.app import build_app
from contracts.feed.facts import Cleared, Fact, Stored
from migrations import runner
from new_services.anticorruption.read_models import MAPPINGS
from new_services.verify.rows.relations import column_types

Apply = Callable[[asyncpg.Connection, Sequence[Fact]], Awaitable[None]]


async def facts_of(legacy_url: str, service: str) -> list[Fact]:
    """Every row that the service takes, as one snapshot."""
    connection = await asyncpg.connect(legacy_url)
    facts: list[Fact] = []
    for mapping in MAPPINGS[service]:
        types = await column_types(connection, mapping)
        columns = ", ".join(
            f'"{name}"' if kind in ("integer", "bigint") else f'"{name}"::text AS "{name}"'
            for name, kind in types.items()
        )
        for row in await connection.fetch(f"SELECT {columns} FROM {mapping.table}"):
            fields = mapping.translate(dict(row))
            facts.append(Stored(mapping.entity, row[mapping.key], fields, (1, 0)))
        facts.append(Cleared(mapping.entity, (1, 0)))
    await connection.close()
    return facts


def fill(service: str, url: str, legacy_url: str, apply: Apply) -> str:
    """Migrate the service's database and apply the snapshot; the database's URL."""
    runner.upgrade(service, url)

    async def project() -> None:
        connection = await asyncpg.connect(url)
        async with connection.transaction():
            await apply(connection, await facts_of(legacy_url, service))
        await connection.close()

    asyncio.run(project())
    return url


def current() -> Watermark:
    """Of a read model that has everything up to now, and stays so for as long as a test takes."""
    watermark = Watermark(monotonic=lambda: 0.0)
    watermark.advance(time.time_ns() // 1000)
    return watermark


def asked(register: Callable[[FastAPI], None], name: str) -> httpx2.AsyncClient:
    """A client of the application with these routes, in this process."""

    async def ready() -> None:
        return None

    app = build_app(name, ready, CollectorRegistry())
    register(app)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=f"http://{name}")
