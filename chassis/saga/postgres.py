"""The saga store in PostgreSQL. One round trip and one commit for each call."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import asyncpg
import orjson

from chassis.database import SOON
from chassis.saga.state import Entry, Phase, State
from chassis.saga.store import Lease, LeaseLost, NoSuchSaga, Saved

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
# A line is only written with its saga at hand, so it need not be looked up for each line once more.
# Whoever forgets a saga forgets its story (FORGET).
SCHEMA_2 = "ALTER TABLE saga_story DROP CONSTRAINT saga_story_saga_id_fkey"

# Up to $2 sagas that ended before $1, with their stories.
FORGET = """
WITH old AS (
    SELECT id FROM saga WHERE phase IN ('done', 'undone') AND updated < $1 LIMIT $2
), told AS (DELETE FROM saga_story WHERE saga_id IN (SELECT id FROM old))
DELETE FROM saga WHERE id IN (SELECT id FROM old)
"""

_CREATE = """
INSERT INTO saga (id, kind, phase, due, state, holder, lease_until, created, updated)
VALUES ($1, $2, $3, $4, $5::text::jsonb, $6, $7, $8, $8)
ON CONFLICT (id) DO NOTHING RETURNING fence
"""
_CLAIM = """
UPDATE saga SET holder = $1, lease_until = $3, fence = fence + 1
WHERE id IN (
    SELECT id FROM saga
    WHERE phase IN ('forward', 'backward') AND due <= $2 AND lease_until <= $2
    ORDER BY due, created LIMIT $4 FOR UPDATE SKIP LOCKED)
RETURNING id, fence
"""
_CLAIM_ONE = """
UPDATE saga SET holder = $2, lease_until = $4, fence = fence + 1
WHERE id = $1 AND lease_until <= $3 RETURNING fence
"""
_SAVING = """
WITH {first}mine AS (
    UPDATE saga SET phase = $3, due = $4, state = $5::text::jsonb, updated = $6, lease_until = $7
    WHERE id = $1 AND fence = $2 RETURNING id
), told AS (
    INSERT INTO saga_story (saga_id, at, step, what, attempt, detail)
    SELECT mine.id, line.* FROM mine,
        unnest($8::float8[], $9::text[], $10::text[], $11::int[], $12::text[]) AS line
)
SELECT id FROM mine{also}
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

    async def create(self, state: State, holder: str, now: float, until: float) -> Lease | None:
        """See Store."""
        fence = await self._pool.fetchval(
            _CREATE, state.saga_id, state.kind, state.phase, state.due, _json(state), holder,
            until, now,
        )  # fmt: skip
        return None if fence is None else Lease(state.saga_id, holder, fence, until)

    async def claim(self, holder: str, now: float, until: float, most: int) -> list[Lease]:
        """See Store."""
        rows = await self._pool.fetch(_CLAIM, holder, now, until, most)
        return [Lease(row["id"], holder, row["fence"], until) for row in rows]

    async def claim_one(self, saga_id: str, holder: str, now: float, until: float) -> Lease | None:
        """See Store."""
        fence = await self._pool.fetchval(_CLAIM_ONE, saga_id, holder, now, until)
        if fence is None:
            await self.load(saga_id)
            return None
        return Lease(saga_id, holder, fence, until)

    async def load(self, saga_id: str) -> Saved:
        """See Store."""
        row = await self._pool.fetchrow(
            "SELECT state::text AS state, created, updated FROM saga WHERE id = $1", saga_id
        )
        if row is None:
            raise NoSuchSaga(saga_id)
        return _saved(row)

    async def save(
        self, lease: Lease, state: State, story: Sequence[Entry], now: float, until: float
    ) -> Lease:
        """See Store."""
        statement = _END if state.phase in (Phase.DONE, Phase.UNDONE) else _SAVE
        mine = await self._pool.fetchval(
            statement, lease.saga_id, lease.fence, state.phase, state.due, _json(state), now, until,
            [entry.at for entry in story],
            [entry.step for entry in story],
            [entry.what for entry in story],
            [entry.attempt for entry in story],
            [entry.detail for entry in story],
        )  # fmt: skip
        if mine is None:
            raise LeaseLost(lease.saga_id)
        return replace(lease, until=until)

    async def release(self, lease: Lease) -> None:
        """See Store."""
        await self._pool.execute(_RELEASE, lease.saga_id, lease.fence)

    async def story(self, saga_id: str) -> list[Entry]:
        """See Store."""
        rows = await self._pool.fetch(
            "SELECT at, step, what, attempt, detail FROM saga_story WHERE saga_id = $1 ORDER BY n",
            saga_id,
        )
        return [Entry(*row) for row in rows]

    async def find(self, phases: Sequence[Phase], limit: int) -> list[Saved]:
        """See Store."""
        return [_saved(row) for row in await self._pool.fetch(_FIND, list(phases), limit)]


async def enqueue(connection: asyncpg.Connection, state: State, now: float) -> None:
    """Store a new saga for any runner to take, in the open transaction; an id is taken once."""
    await connection.execute(
        _CREATE, state.saga_id, state.kind, state.phase, state.due, _json(state), "", 0.0, now
    )


def _json(state: State) -> str:
    return orjson.dumps(state).decode()  # as `to_dict` has it
