"""The record of one domain in the service's own database: every change one statement that holds or
does not, as `protocol` has it. Times are by that database's clock.

A statement alone, without a transaction around it: a process that freezes holds no lock.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from chassis.ownership.record import Owner, Phase, Record

LEASE_SECONDS = 5.0
LATELY_SECONDS = 0.05
DRAIN_SECONDS = 1.0  # for writes of ours that are in their transactions

# Own writes hold it shared until they have ended; a cutover takes it exclusively, in turn.
_LOCK = "hashtext('owner of ' || $1::text), 3"
ENTER = f"SELECT pg_advisory_xact_lock_shared({_LOCK})"
# One writer at a time of what has this name, until the transaction ends; then both.
ALONE = "SELECT pg_advisory_xact_lock(hashtext($1), 4)"
ENTER_ALONE = f"""
WITH entered AS MATERIALIZED ({ENTER})
SELECT pg_advisory_xact_lock(hashtext($2), 4) FROM entered
"""
_ROW = "domain_owner.*, lease_until > clock_timestamp() AS held"
_LOOK = f"SELECT {_ROW} FROM domain_owner WHERE domain = $1"
# Holds where the row is still the one that the change was made of. The projection notes beside it
# how far it has come.
_CHANGE = f"""
{{alone}}
UPDATE domain_owner SET owner = $5, epoch = $6, phase = $7, toward = $8, attempt = $9,
    operator = $10, window_open = $11, since_lsn = $12,
    reached_lsn = CASE phase WHEN 'settled' THEN $13 ELSE greatest(reached_lsn, $13) END,
    numbers = $14::text::jsonb, words = $15,
    lease_until = CASE WHEN $16::boolean
                       THEN clock_timestamp() + interval '{LEASE_SECONDS} seconds'
                       ELSE '-infinity' END
{{source}} WHERE domain = $1 AND attempt = $2 AND phase = $3
    AND (lease_until > clock_timestamp()) = coalesce($4, lease_until > clock_timestamp())
RETURNING {_ROW}
"""
_CHANGED = _CHANGE.format(alone="", source="")
_CHANGED_ALONE = _CHANGE.format(
    alone=f"WITH alone AS MATERIALIZED (SELECT pg_advisory_xact_lock({_LOCK}))", source="FROM alone"
)
_REACHED = """
UPDATE domain_owner SET reached_lsn = greatest(reached_lsn, $2)
WHERE domain = $1 AND phase <> 'settled'
"""
# What the reverse feed is to write: in the transaction of the write itself.
CHANGED = "INSERT INTO owned_change (domain, entity, key) VALUES ($1, $2, $3) RETURNING seq"
_ROGUE = """
SELECT said FROM rogue_write
WHERE domain = $1 AND at > clock_timestamp() - interval '1 day' ORDER BY at DESC LIMIT 1
"""
_WAITED = """
INSERT INTO domain_wait (domain, operator, seconds) VALUES ($1, $2, $3)
"""


@dataclass(slots=True)
class Records:
    """Of one domain."""

    pool: asyncpg.Pool
    domain: str
    _seen: tuple[float, Record] | None = None  # when the newest look began, and what it saw

    async def look(self, connection: asyncpg.Connection | None = None) -> Record:
        """As it is, or as the open transaction of `connection` sees it."""
        began = time.monotonic()
        row = await (connection or self.pool).fetchrow(_LOOK, self.domain)
        assert row is not None, f"the migration makes the row of {self.domain}"
        record = _record(row)
        if connection is None and (self._seen is None or self._seen[0] < began):
            self._seen = (began, record)
        return record

    async def lately(self) -> Record:
        """As it was at most `LATELY_SECONDS` ago, and never older than a look of this process has
        seen it: for what is checked once more where it counts, by its epoch."""
        if self._seen is not None and time.monotonic() - self._seen[0] < LATELY_SECONDS:
            return self._seen[1]
        return await self.look()

    async def change(
        self,
        before: Record,
        after: Record | None,
        *,
        leased: bool = True,
        connection: asyncpg.Connection | None = None,
    ) -> Record | None:
        """Put the record that `protocol` made of `before` in its place; None where there is none,
        or where `before` is not any more what is stored. Renews the lease where `after` holds it.
        Not `leased`: it does not matter whether the lease of `before` has ended meanwhile. With a
        `connection`, in its open transaction.
        """
        held = before.held if leased else None
        return await self._change(_CHANGED, before, after, held, connection)

    async def change_alone(self, before: Record, after: Record | None) -> Record | None:
        """The same, once no write of ours is in its transaction. Raises TimeoutError when one is
        for too long."""
        async with asyncio.timeout(DRAIN_SECONDS):
            return await self._change(_CHANGED_ALONE, before, after, before.held)

    async def _change(
        self,
        statement: str,
        before: Record,
        after: Record | None,
        held: bool | None,
        connection: asyncpg.Connection | None = None,
    ) -> Record | None:
        if after is None:
            return None
        row = await (connection or self.pool).fetchrow(
            statement,
            *(self.domain, before.attempt, before.phase, held, after.owner, after.epoch),
            *(after.phase, after.toward, after.attempt, after.operator, after.window_open),
            *(after.since_lsn, after.reached_lsn, orjson.dumps(dict(after.numbers)).decode()),
            *(after.words, after.held),
        )
        return None if row is None else _record(row)

    async def reached(self, connection: asyncpg.Connection, lsn: int) -> None:
        """The read model has everything up to this position of legacy's log."""
        await connection.execute(_REACHED, self.domain, lsn)

    async def rogue(self) -> str:
        """The newest write past the fence, of the last day; empty: there was none."""
        return await self.pool.fetchval(_ROGUE, self.domain) or ""

    async def waited(self, operator: str, seconds: float) -> None:
        """Note how long a write waited for this attempt."""
        await self.pool.execute(_WAITED, self.domain, operator, seconds)


def _record(row: Mapping[str, Any]) -> Record:
    return Record(
        domain=row["domain"],
        owner=Owner(row["owner"]),
        epoch=row["epoch"],
        phase=Phase(row["phase"]),
        toward=None if row["toward"] is None else Owner(row["toward"]),
        attempt=row["attempt"],
        operator=row["operator"],
        held=row["held"],
        window_open=row["window_open"],
        since_lsn=row["since_lsn"],
        reached_lsn=row["reached_lsn"],
        numbers=orjson.loads(row["numbers"]),
        words=row["words"],
    )
