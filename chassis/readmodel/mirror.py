"""Facts of another system, stored as received: the rows from which a service derives its answers.

One table for all kinds of entity, a row each, newer versions only. Rows that are gone stay as
tombstones, so that an older fact that comes late does not bring them back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import orjson

from chassis.readmodel.ranges import within
from contracts.feed.change import Version
from contracts.feed.facts import Cleared, Fact, Gone, Stored

FLOORS = "mirror_floor"  # the table; a service that keeps its own rows may have its own

# Run by the migration of each service that mirrors; a later change is SCHEMA_2.
SCHEMA_1 = """
CREATE TABLE mirror (
    entity text NOT NULL,
    key    text NOT NULL,
    fields jsonb NOT NULL,
    gone   boolean NOT NULL,
    lsn    bigint NOT NULL,
    seq    integer NOT NULL,
    PRIMARY KEY (entity, key)
);
CREATE TABLE mirror_floor (
    entity text PRIMARY KEY,
    lsn    bigint NOT NULL,
    seq    integer NOT NULL
);
COMMENT ON TABLE mirror_floor IS 'no entity of this kind older than this version exists';
"""

_UPSERT = """
INSERT INTO mirror (entity, key, fields, gone, lsn, seq)
SELECT fact.entity, fact.key, fact.fields::jsonb, fact.gone, fact.lsn, fact.seq
FROM unnest($1::text[], $2::text[], $3::text[], $4::bool[], $5::bigint[], $6::int[])
    AS fact (entity, key, fields, gone, lsn, seq)
LEFT JOIN mirror_floor floor USING (entity)
WHERE floor.entity IS NULL OR (fact.lsn, fact.seq) >= (floor.lsn, floor.seq)
ON CONFLICT (entity, key) DO UPDATE SET
    fields = CASE WHEN mirror.gone OR excluded.gone THEN excluded.fields
                  ELSE mirror.fields || excluded.fields END,
    gone = excluded.gone, lsn = excluded.lsn, seq = excluded.seq
WHERE (mirror.lsn, mirror.seq) < (excluded.lsn, excluded.seq)
RETURNING entity, key
"""
_SAME = """
UPDATE mirror SET lsn = $4, seq = $5
WHERE entity = $1 AND key = $2 AND NOT gone AND (lsn, seq) < ($4, $5) AND fields @> $3::text::jsonb
RETURNING true
"""
_CLEAR = """
UPDATE mirror SET gone = true, fields = '{}' WHERE entity = $1 AND (lsn, seq) < ($2, $3)
AND NOT gone AND CASE WHEN entity = $1 THEN {range} END RETURNING entity, key
"""
_FLOOR = """
INSERT INTO mirror_floor (entity, lsn, seq) VALUES ($1, $2, $3)
ON CONFLICT (entity) DO UPDATE SET lsn = $2, seq = $3
WHERE (mirror_floor.lsn, mirror_floor.seq) < ($2, $3)
"""


@dataclass(slots=True)
class _Row:
    version: Version
    fields: dict[str, Any]
    gone: bool


@dataclass(slots=True)
class _Run:
    """Facts between two clearings, the last state of each entity."""

    rows: dict[tuple[str, str], _Row] = field(default_factory=dict)

    def add(self, fact: Stored | Gone) -> None:
        """A later fact about the same entity adds to the earlier one."""
        name = (fact.entity, str(fact.key))
        known = self.rows.get(name)
        if known is not None and known.version > fact.version:
            return
        if isinstance(fact, Gone):
            self.rows[name] = _Row(fact.version, {}, True)
        else:
            before = known.fields if known and not known.gone else {}
            self.rows[name] = _Row(fact.version, {**before, **fact.fields}, False)


async def apply(connection: asyncpg.Connection, facts: Iterable[Fact]) -> set[tuple[str, str]]:
    """Take the facts over, in the open transaction; the (entity, key) of what changed."""
    changed: set[tuple[str, str]] = set()
    run = _Run()
    for fact in facts:
        if isinstance(fact, Stored | Gone):
            run.add(fact)
        elif isinstance(fact, Cleared):
            changed |= await _flush(connection, run)
            run = _Run()
            condition, bounds = within("key", fact, 4)
            statement = _CLEAR.replace("{range}", condition)
            rows = await connection.fetch(statement, fact.entity, *fact.version, *bounds)
            if fact.whole:
                await connection.execute(_FLOOR, fact.entity, *fact.version)
            changed |= {(row["entity"], row["key"]) for row in rows}
    return changed | await _flush(connection, run)


async def same(connection: asyncpg.Connection, fact: Stored) -> bool:
    """Whether these fields are here already; then no more than their version is noted."""
    fields = orjson.dumps(fact.fields).decode()
    return bool(await connection.fetchval(_SAME, fact.entity, str(fact.key), fields, *fact.version))


async def forget(connection: asyncpg.Connection, floors: str = FLOORS) -> None:
    """No kind of entity is complete any more: facts were missed, and will be published again."""
    await connection.execute(f"DELETE FROM {floors}")


async def complete(
    connection: asyncpg.Connection, entities: Iterable[str], floors: str = FLOORS
) -> bool:
    """Whether a whole snapshot of each of these kinds has been applied."""
    rows = await connection.fetch(f"SELECT entity FROM {floors}")
    return set(entities) <= {row["entity"] for row in rows}


async def _flush(connection: asyncpg.Connection, run: _Run) -> set[tuple[str, str]]:
    if not run.rows:
        return set()
    rows = await connection.fetch(
        _UPSERT,
        [entity for entity, _ in run.rows],
        [key for _, key in run.rows],
        [orjson.dumps(row.fields).decode() for row in run.rows.values()],
        [row.gone for row in run.rows.values()],
        [row.version[0] for row in run.rows.values()],
        [row.version[1] for row in run.rows.values()],
    )
    return {(row["entity"], row["key"]) for row in rows}
