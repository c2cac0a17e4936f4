"""Rows of another system: newer versions only, whatever comes again or late."""

import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import orjson
import pytest

from chassis.database import open_pool
from chassis.readmodel import mirror
from contracts.feed.facts import Cleared, Fact, Gone, Stored

pytestmark = pytest.mark.integration


@pytest.fixture
async def pool(make_database: Callable[[str], str]) -> AsyncIterator[asyncpg.Pool]:
    made = await open_pool(make_database("mirror"), "test", 2)
    await made.execute(mirror.SCHEMA_1)
    yield made
    made.terminate()


async def _apply(pool: asyncpg.Pool, *facts: Fact) -> set[tuple[str, str]]:
    async with pool.acquire() as connection, connection.transaction():
        return await mirror.apply(connection, facts)


async def _rows(pool: asyncpg.Pool) -> dict[str, Any]:
    rows = await pool.fetch("SELECT key, fields::text FROM mirror WHERE NOT gone")
    return {row["key"]: orjson.loads(row["fields"]) for row in rows}


async def test_fields_that_are_not_named_stay(pool: asyncpg.Pool) -> None:
    await _apply(pool, Stored("a", 1, {"x": 1, "text": "long"}, (1, 1)))
    assert await _apply(pool, Stored("a", 1, {"x": 2}, (2, 1))) == {("a", "1")}
    assert await _rows(pool) == {"1": {"x": 2, "text": "long"}}


async def test_what_is_older_changes_nothing(pool: asyncpg.Pool) -> None:
    await _apply(pool, Stored("a", 1, {"x": 1}, (5, 1)), Gone("a", 2, (5, 2)))
    stale = (Stored("a", 1, {"x": 0}, (4, 9)), Stored("a", 2, {"x": 0}, (5, 1)))
    assert await _apply(pool, *stale) == set()
    assert await _rows(pool) == {"1": {"x": 1}}


@pytest.mark.parametrize(
    ("keys", "first", "last", "left"),
    [
        ((2, 9, 10, 11), 9, 10, {"2", "11"}),
        ((2, 9, 10, 11), 10, None, {"2", "9"}),
        (("a", "B", "b-1", "ä"), "B", "b", {"b-1", "ä"}),  # by their bytes
    ],
)
async def test_a_part_is_cleared_by_the_order_of_its_keys(
    pool: asyncpg.Pool, keys: Any, first: Any, last: Any, left: set[str]
) -> None:
    await _apply(pool, *(Stored("x", key, {}, (5, 0)) for key in keys), Stored("y", 9, {}, (5, 0)))
    newer = Stored("x", keys[1], {"x": 1}, (9, 0))
    await _apply(pool, newer, Cleared("x", (8, 0), first, last))
    rows = await pool.fetch("SELECT entity, key FROM mirror WHERE NOT gone")
    assert {tuple(row) for row in rows} == {
        *(("x", key) for key in left | {str(keys[1])}),
        ("y", "9"),
    }
    async with pool.acquire() as connection:
        assert not await mirror.complete(connection, ["x"]), "a part completes nothing"


async def test_a_clearing_removes_what_is_older_and_keeps_it_away(pool: asyncpg.Pool) -> None:
    await _apply(pool, Stored("a", 1, {"x": 1}, (1, 1)), Stored("b", 1, {"x": 1}, (1, 2)))
    changed = await _apply(pool, Stored("a", 2, {"x": 2}, (9, 0)), Cleared("a", (9, 0)))
    assert ("a", "1") in changed
    await _apply(pool, Stored("a", 3, {"x": 3}, (8, 1)))
    rows = await pool.fetch("SELECT entity, key FROM mirror WHERE NOT gone ORDER BY 1, 2")
    assert [tuple(row) for row in rows] == [("a", "2"), ("b", "1")]
    async with pool.acquire() as connection:
        assert await mirror.complete(connection, ["a"])
        assert not await mirror.complete(connection, ["a", "b"])


async def test_any_cut_into_batches_and_any_repetition_end_alike(pool: asyncpg.Pool) -> None:
    chance = random.Random(3)
    facts: list[Fact] = []
    expected: dict[str, Any] = {}
    for lsn in range(1, 200):
        key = str(chance.randrange(6))
        if chance.random() < 0.2:
            facts.append(Gone("a", key, (lsn, 1)))
            expected.pop(key, None)
        else:
            fields = {chance.choice("xyz"): lsn}
            facts.append(Stored("a", key, fields, (lsn, 1)))
            expected[key] = {**expected.get(key, {}), **fields}
    position = 0
    while position < len(facts):
        size = chance.randrange(1, 20)
        await _apply(pool, *facts[position : position + size])
        await _apply(pool, *facts[position : position + size])
        position += size
    assert await _rows(pool) == expected
