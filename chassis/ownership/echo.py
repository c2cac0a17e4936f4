"""What the feed says of a domain that we own: the echo of our own writes, or rogue writes.

    owner     the change of a domain's entity
    legacy    at or before `since_lsn`: ours already, ignored         behind it: applied
    new       written by the reverse feed: ignored                    by any other: a rogue write

Neither is written into the owner's tables. A rogue write is stored and logged: the fence's trigger
was removed, or bypassed. The reverse feed then writes our state over it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from chassis.ownership.record import Owner, Record
from chassis.ownership.records import CHANGED, Records
from contracts.cutover import ECHO, FENCE
from contracts.feed.change import Change, Op
from contracts.feed.facts import Cleared, Fact, Gone, Reached, Stored

log = logging.getLogger("ownership")

ROWS = frozenset({Op.INSERT, Op.UPDATE, Op.DELETE, Op.TRUNCATE})
Translated = tuple[Change, Sequence[Fact]]
_ROGUE = """
INSERT INTO rogue_write (domain, lsn, seq, said) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Echo:
    """The echo of one domain, which has these entities. `floors` is the table of those that have
    been read whole. `mended`: the rogue writes over which the reverse feed can write our state; the
    others need a person."""

    records: Records
    entities: frozenset[str]
    floors: str
    mended: frozenset[Op] = frozenset({Op.UPDATE})

    def fence(self, changes: Sequence[Change]) -> int:
        """The position of the newest fence of the domain among them; 0: there is none."""
        mine = f"{FENCE}{self.records.domain}"
        return max((each.lsn for each in changes if each.origin == mine), default=0)

    async def reached(self, connection: asyncpg.Connection, lsn: int) -> None:
        """All up to this fence is in, with the open transaction."""
        await self.records.reached(connection, lsn)

    async def sift(
        self, connection: asyncpg.Connection, translated: Sequence[Translated]
    ) -> list[Fact]:
        """The facts to be applied, in the open transaction; none of how far the feed has come."""
        record = await self.records.look(connection)
        if record.owner is Owner.LEGACY and record.since_lsn == 0:
            return [
                fact for _, facts in translated for fact in facts if not isinstance(fact, Reached)
            ]
        kept: list[Fact] = []
        for change, facts in translated:
            for fact in facts:
                if isinstance(fact, Reached):
                    continue
                legacys = record.owner is Owner.LEGACY and fact.version[0] > record.since_lsn
                if legacys or fact.entity not in self.entities:
                    kept.append(fact)
                elif isinstance(fact, Cleared) and fact.whole:
                    await self._read_whole(connection, fact)
            if record.owner is Owner.NEW and self._is_rogue(record, change, facts):
                await self._name(connection, change)
                await self._put_right(connection, change, facts)
        return kept

    def _is_rogue(self, record: Record, change: Change, facts: Sequence[Fact]) -> bool:
        return (
            change.op in ROWS
            and change.lsn > record.since_lsn
            and change.origin != f"{ECHO}{record.domain}"
            and any(
                not isinstance(fact, Reached) and fact.entity in self.entities for fact in facts
            )
        )

    async def _name(self, connection: asyncpg.Connection, change: Change) -> None:
        key = ", ".join(str(part) for part in change.key.values())
        said = f"{change.op} {change.table} {key} at {change.committed}, transaction {change.xid}"
        log.error("rogue write past the fence of %s: %s", self.records.domain, said)
        await connection.execute(_ROGUE, self.records.domain, change.lsn, change.seq, said)

    async def _put_right(
        self, connection: asyncpg.Connection, change: Change, facts: Sequence[Fact]
    ) -> None:
        """A changed row gets our state back, where the domain can do that a deleted one, too."""
        for fact in facts if change.op in self.mended else ():
            if isinstance(fact, Stored | Gone) and fact.entity in self.entities:
                key = (self.records.domain, fact.entity, str(fact.key))
                await connection.execute(CHANGED, *key)

    async def _read_whole(self, connection: asyncpg.Connection, fact: Cleared) -> None:
        """The table was read again: what we own stays, and is whole."""
        await connection.execute(
            f"INSERT INTO {self.floors} (entity, lsn, seq) VALUES ($1, $2, $3)"
            " ON CONFLICT (entity) DO NOTHING",
            fact.entity,
            *fact.version,
        )
