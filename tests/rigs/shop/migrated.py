"""Databases of single services, with the tables of their last version."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg

from chassis.database import open_pool
from migrations import runner


async def migrated(make_database: Callable[[str], str], service: str) -> str:
    """The URL of a new database of the service."""
    url = make_database(service)
    await asyncio.to_thread(runner.upgrade, service, url)
    return url


@asynccontextmanager
async def pool_of(
    take_database: Callable[[str], str], service: str, most: int
) -> AsyncIterator[asyncpg.Pool]:
    """A pool of at most so many connections to a database of the service."""
    pool = await open_pool(take_database(service), "test", most)
    yield pool
    pool.terminate()
