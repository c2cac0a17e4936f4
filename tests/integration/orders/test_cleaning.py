"""What has ended long ago is forgotten; what is open, parked or fresh, or decides, stays."""

from collections.abc import AsyncIterator, Callable
from importlib import import_module

import asyncpg
import pytest

from chassis.retention import DAY, clean
from chassis.saga.storage.cleaning import KEEP_SAGAS
from new_services.orders.cleaning import KEEP_KEYS, NOTE, RULES

pytestmark = pytest.mark.integration

SERVICES = ("accounts", "catalog", "inventory", "notifications", "orders", "payments", "sales")
SAGA = """
INSERT INTO saga (id, kind, phase, due, state, holder, lease_until, created, updated)
SELECT $1, 'place-order', $2, 0, $4::text::jsonb, '', 0, at, at
FROM (SELECT extract(epoch FROM clock_timestamp()) - $3 AS at) AS clock
"""
SEALED = '{"request": {"customer": {"session": "sealed"}}}'
STORY = """
INSERT INTO saga_story (saga_id, at, step, what, attempt, detail) VALUES ($1, 0, 'a', 'do', 1, '')
"""
KEY = """
INSERT INTO request_key (email, key, fingerprint, saga_id, created)
VALUES ('a@b.c', $1, '', $2, clock_timestamp() - make_interval(secs => $3))
"""


@pytest.fixture
async def pool(take_database: Callable[[str], str]) -> AsyncIterator[asyncpg.Pool]:
    url = take_database("orders")
    async with asyncpg.create_pool(url, min_size=1, max_size=2) as made:
        yield made


async def test_only_what_has_ended_long_ago_is_forgotten(pool: asyncpg.Pool) -> None:
    for phase in ("done", "undone", "parked", "forward"):
        for name, age in (("old", KEEP_SAGAS + DAY), ("fresh", KEEP_KEYS + DAY), ("new", 60.0)):
            await pool.execute(SAGA, f"{phase} {name}", phase, age, SEALED)
            await pool.execute(STORY, f"{phase} {name}")
    old = KEEP_KEYS + DAY
    for key, saga_id, age in (
        ("old", "done old", old),
        ("orphan", "nobody's", old),
        ("pending", "forward old", old),  # its order is still to be placed
        ("parked", "parked old", old),
        ("late", "done new", old),  # it was pending for a week, and ended a minute ago
        ("fresh", "done fresh", DAY),
    ):
        await pool.execute(KEY, key, saga_id, age)

    await clean(pool, RULES, NOTE)

    left = {row["id"] for row in await pool.fetch("SELECT id FROM saga")}
    with_a_story = {row["saga_id"] for row in await pool.fetch("SELECT saga_id FROM saga_story")}
    assert with_a_story == left
    gone = {"done old", "undone old"}
    assert (
        left
        == {
            f"{phase} {name}"
            for phase in ("done", "undone", "parked", "forward")
            for name in ("old", "fresh", "new")
        }
        - gone
    )
    keys = {row["key"] for row in await pool.fetch("SELECT key FROM request_key")}
    assert keys == {"pending", "parked", "late", "fresh"}


async def test_a_seal_is_kept_only_for_as_long_as_it_may_be_needed(pool: asyncpg.Pool) -> None:
    for phase in ("done", "undone", "parked", "forward"):
        for name, age in (("old", 2 * 3600.0), ("new", 60.0)):
            await pool.execute(SAGA, f"{phase} {name}", phase, age, SEALED)
    await clean(pool, RULES, NOTE)
    sealed = await pool.fetch(
        "SELECT id FROM saga WHERE state->'request'->'customer'->>'session' <> ''"
    )
    assert {row["id"] for row in sealed} == {
        *("parked old", "parked new", "forward old", "forward new", "done new", "undone new")
    }


async def test_a_row_that_is_gone_in_legacy_is_forgotten_when_nothing_can_bring_it_back(
    pool: asyncpg.Pool,
) -> None:
    row = (
        "INSERT INTO mirror (entity, key, fields, gone, lsn, seq) VALUES ('k', $1, '{}', $2, $3, 0)"
    )
    for key, gone, lsn in (("old", True, 5), ("at the mark", True, 10), ("there", False, 5)):
        await pool.execute(row, key, gone, lsn)
    await clean(pool, RULES, NOTE)
    assert await pool.fetchval("SELECT count(*) FROM mirror") == 3
    assert await pool.fetchval("SELECT lsn FROM log_age") == 10
    await pool.execute("UPDATE log_age SET at = at - interval '9 days'")
    await pool.execute(row, "new", True, 20)
    await clean(pool, RULES, NOTE)
    left = {row["key"] for row in await pool.fetch("SELECT key FROM mirror")}
    assert left == {"at the mark", "there", "new"}


@pytest.mark.parametrize("service", SERVICES)
async def test_every_table_has_a_rule_and_every_rule_runs(
    service: str, take_database: Callable[[str], str]
) -> None:
    url = take_database(service)
    cleaning = import_module(f"new_services.{service}.cleaning")
    async with asyncpg.create_pool(url, min_size=1, max_size=1) as pool:
        await clean(pool, cleaning.RULES, cleaning.NOTE)
        rows = await pool.fetch(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname IN ('public', 'provider') AND tablename <> 'alembic_version'"
        )
    tables = {
        row["tablename"] if row["schemaname"] == "public" else f"provider.{row['tablename']}"
        for row in rows
    }
    assert {rule.table.partition(" ")[0] for rule in cleaning.RULES} == tables
    assert all(rule.keep and rule.why for rule in cleaning.RULES)
