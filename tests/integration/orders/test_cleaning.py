"""What has ended long ago is forgotten; what is open, parked or fresh stays."""

import time
from collections.abc import Callable

import asyncpg
import pytest

from migrations import runner
from new_services.orders.cleaning import DAY, KEEP_KEYS, KEEP_SAGAS, clean

pytestmark = pytest.mark.integration

SAGA = """
INSERT INTO saga (id, kind, phase, due, state, holder, lease_until, created, updated)
VALUES ($1, 'place-order', $2, 0, '{}', '', 0, $3, $3)
"""
STORY = """
INSERT INTO saga_story (saga_id, at, step, what, attempt, detail) VALUES ($1, 0, 'a', 'do', 1, '')
"""
KEY = """
INSERT INTO request_key (email, key, fingerprint, saga_id, created)
VALUES ('a@b.c', $1, '', $1, to_timestamp($2))
"""


async def test_only_what_has_ended_long_ago_is_forgotten(make_database: Callable[[str], str]):
    url = make_database("cleaning")
    runner.upgrade("orders", url)
    now = time.time()
    async with asyncpg.create_pool(url, min_size=1, max_size=2) as pool:
        for phase in ("done", "undone", "parked", "forward"):
            for name, age in (("old", KEEP_SAGAS + DAY), ("fresh", KEEP_KEYS + DAY)):
                await pool.execute(SAGA, f"{phase} {name}", phase, now - age)
                await pool.execute(STORY, f"{phase} {name}")
        await pool.execute(KEY, "old", now - KEEP_KEYS - DAY)
        await pool.execute(KEY, "fresh", now - DAY)

        await clean(pool, now)

        left = {row["id"] for row in await pool.fetch("SELECT id FROM saga")}
        told = {row["saga_id"] for row in await pool.fetch("SELECT saga_id FROM saga_story")}
        assert told == left
        assert left == {"done fresh", "undone fresh", "parked fresh", "parked old",
                        "forward fresh", "forward old"}  # fmt: skip
        assert await pool.fetchval("SELECT string_agg(key, ' ') FROM request_key") == "fresh"
