"""The saga store in PostgreSQL. One round trip and one commit for each call."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import asyncpg
import orjson

from chassis.database import SOON
from chassis.saga.state import Entry, Phase, State
from chassis.saga.storage.store import Lease, LeaseLost, NoSuchSaga, Saved
from chassis.tracing.context import traceparent

# Run by the migration of each service that has sagas; never edited, a later change is SCHEMA_2.
SCHEMA_1 = """
CREATE TABLE saga (
    id text PRIMARY KEY,
    kind text NOT NULL,
    phase text NOT NULL,
    due double precision NOT NULL,
    state jsonb NOT NULL,
    holder text NOT NULL,
    fence bigint NOT NULL DEFAULT 1,
    lease_until double precision NOT NULL,
    created double precision NOT NULL,
    updated double precision NOT NULL
);
CREATE INDEX saga_open ON saga (due) WHERE phase IN ('forward', 'backward');
CREATE INDEX saga_phase ON saga (phase, created) WHERE phase <> 'done';
CREATE TABLE saga_story (
    saga_id text NOT NULL REFERENCES saga ON DELETE CASCADE,
    n bigint GENERATED ALWAYS AS IDENTITY,
    at double precision NOT NULL,
    step text NOT NULL,
    what text NOT NULL,
    attempt integer NOT NULL,
    detail text NOT NULL,
    PRIMARY KEY (saga_id, n)
)
"""
# A line is written only while its saga is locked, so no foreign key needs to look the saga up
# again. The statement that removes a saga removes its log (FORGET).
SCHEMA_2 = "ALTER TABLE saga_story DROP CONSTRAINT saga_story_saga_id_fkey"

# The callee a saga waits for, so that all sagas that wait for the same one can share a pause.
SCHEMA_3 = "ALTER TABLE saga ADD COLUMN waits_for text NOT NULL DEFAULT ''"

# Up to $2 sagas that ended more than $1 seconds ago, with their stories.
FORGET = """
WITH old AS (
    SELECT id FROM saga WHERE phase IN ('done', 'undone')
    AND updated < extract(epoch FROM clock_timestamp()) - $1 LIMIT $2
), story AS (DELETE FROM saga_story WHERE saga_id IN (SELECT id FROM old))
DELETE FROM saga WHERE id IN (SELECT id FROM old)
"""

# Of sagas whose request names a customer with a seal: up to $2 seals, of what ended more than $1
# seconds ago.
SEALED_1 = """
CREATE INDEX saga_sealed ON saga (updated)
    WHERE phase IN ('done', 'undone') AND state->'request'->'customer'->>'session' <> ''
"""
FORGET_SEALS = """
UPDATE saga SET state = jsonb_set(state, '{request,customer,session}', '""')
WHERE id IN (
    SELECT id FROM saga WHERE phase IN ('done', 'undone')
    AND state->'request'->'customer'->>'session' <> ''
    AND updated < extract(epoch FROM clock_timestamp()) - $1 LIMIT $2)
"""

_NOW = "extract(epoch FROM clock_timestamp())::float8"
_CREATE = f"""
INSERT INTO saga (id, kind, phase, due, state, holder, lease_until, created, updated)
SELECT $1, $2, $3, $4, $5::text::jsonb, $6, now + $7, now, now
FROM (SELECT {_NOW} AS now OFFSET 0) AS clock
ON CONFLICT (id) DO NOTHING RETURNING fence, created
"""
_CLAIM = f"""
WITH clock AS MATERIALIZED (SELECT {_NOW} AS now)
UPDATE saga SET holder = $1, lease_until = now + $2, fence = fence + 1 FROM clock
WHERE id IN (
    SELECT id FROM saga, clock
    WHERE phase IN ('forward', 'backward') AND due <= now AND lease_until <= now
      AND waits_for <> ALL ($4::text[]) AND ($5::text IS NULL OR waits_for = $5)
    ORDER BY due, created LIMIT $3 FOR UPDATE OF saga SKIP LOCKED)
RETURNING id, fence, now
"""
_CLAIM_ONE = f"""
WITH clock AS MATERIALIZED (SELECT {_NOW} AS now)
UPDATE saga SET holder = $2, lease_until = now + $3, fence = fence + 1 FROM clock
WHERE id = $1 AND (lease_until <= now OR $4) RETURNING fence, now
"""
_SAVING = f"""
WITH {{first}}clock AS MATERIALIZED (SELECT {_NOW} AS now), mine AS (
    UPDATE saga SET phase = $3, due = $4, state = $5::text::jsonb, updated = now,
        lease_until = CASE WHEN $6 > 0 THEN now + $6 ELSE 0 END, waits_for = $12
    FROM clock WHERE id = $1 AND fence = $2 RETURNING id, now
), story AS (
    INSERT INTO saga_story (saga_id, at, step, what, attempt, detail)
    SELECT mine.id, line.* FROM mine,
        unnest($7::float8[], $8::text[], $9::text[], $10::int[], $11::text[]) AS line
)
SELECT now FROM mine{{also}}
"""
_SAVE = _SAVING.format(first="", also="")
# Of a saga that has ended. A crash of the server may take it: then the last stretch, which is safe
# to repeat, is gone through again.
_END = _SAVING.format(first=f"{SOON}, ", also=", soon")
_RELEASE = "UPDATE saga SET lease_until = 0, fence = fence + 1 WHERE id = $1 AND fence = $2"
_FIND = """
SELECT state::text AS state, created, updated FROM saga
WHERE phase = ANY($1) ORDER BY created LIMIT $2
"""


def _saved(row: Any) -> Saved:
    return Saved(State.from_dict(orjson.loads(row["state"])), row["created"], row["updated"])


class PostgresStore:
    """See Store. Raises what asyncpg raises while the database is away."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def now(self) -> float:
        return float(await self._pool.fetchval(f"SELECT {_NOW}"))

    async def create(self, state: State, holder: str, seconds: float) -> Lease | None:
        row = await self._pool.fetchrow(
            _CREATE, state.saga_id, state.kind, state.phase, state.due, _json(state), holder,
            seconds,
        )  # fmt: skip
        return None if row is None else Lease(state.saga_id, holder, *row)

    async def claim(
        self,
        holder: str,
        seconds: float,
        most: int,
        without: Collection[str] = (),
        only: str | None = None,
    ) -> list[Lease]:
        rows = await self._pool.fetch(_CLAIM, holder, seconds, most, list(without), only)
        return [Lease(row["id"], holder, row["fence"], row["now"]) for row in rows]

    async def claim_one(self, saga_id: str, holder: str, seconds: float) -> Lease | None:
        return await self._claim_one(saga_id, holder, seconds, anyway=False)

    async def seize(self, saga_id: str, holder: str, seconds: float) -> Lease:
        lease = await self._claim_one(saga_id, holder, seconds, anyway=True)
        if lease is None:
            raise NoSuchSaga(saga_id)
        return lease

    async def _claim_one(
        self, saga_id: str, holder: str, seconds: float, *, anyway: bool
    ) -> Lease | None:
        row = await self._pool.fetchrow(_CLAIM_ONE, saga_id, holder, seconds, anyway)
        if row is None:
            await self.load(saga_id)
            return None
        return Lease(saga_id, holder, *row)

    async def load(self, saga_id: str) -> Saved:
        row = await self._pool.fetchrow(
            "SELECT state::text AS state, created, updated FROM saga WHERE id = $1", saga_id
        )
        if row is None:
            raise NoSuchSaga(saga_id)
        return _saved(row)

    async def save(
        self,
        lease: Lease,
        state: State,
        story: Sequence[Entry],
        seconds: float,
        inside: asyncpg.Connection | None = None,
    ) -> Lease:
        statement = _END if state.phase in (Phase.DONE, Phase.UNDONE) else _SAVE
        now = await (inside or self._pool).fetchval(
            statement, lease.saga_id, lease.fence, state.phase, state.due, _json(state), seconds,
            [entry.at for entry in story],
            [entry.step for entry in story],
            [entry.what for entry in story],
            [entry.attempt for entry in story],
            [entry.detail for entry in story],
            state.waits_for,
        )  # fmt: skip
        if now is None:
            raise LeaseLost(lease.saga_id)
        return replace(lease, at=now)

    async def release(self, lease: Lease) -> None:
        await self._pool.execute(_RELEASE, lease.saga_id, lease.fence)

    async def story(self, saga_id: str) -> list[Entry]:
        rows = await self._pool.fetch(
            "SELECT at, step, what, attempt, detail FROM saga_story WHERE saga_id = $1 ORDER BY n",
            saga_id,
        )
        return [Entry(*row) for row in rows]

    async def find(self, phases: Sequence[Phase], limit: int) -> list[Saved]:
        return [_saved(row) for row in await self._pool.fetch(_FIND, list(phases), limit)]


async def enqueue(connection: asyncpg.Connection | asyncpg.Pool, state: State) -> None:
    """Store a new saga for any runner to take, in the open transaction; an id is taken once.

    It belongs to the trace of what is under way here.
    """
    state = state.changed(trace=traceparent())
    await connection.execute(
        _CREATE, state.saga_id, state.kind, state.phase, state.due, _json(state), "", 0.0
    )


def _json(state: State) -> str:
    return orjson.dumps(state).decode()
