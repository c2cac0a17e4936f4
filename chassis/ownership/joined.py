"""What the feed says of a domain whose read model exists beside the owner's own tables.

    owner     the change of a domain's entity
    legacy    applied
    new       written by one of the domain's reverse feeds: applied, the read model joins both
              by any other, behind `since_lsn`: a rogue write, logged and not applied

A table that is read again is applied as it is: its rows do not say who wrote them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import asyncpg

from chassis.ownership.echo import ROWS, Echo, Translated
from chassis.ownership.record import Owner, Record
from contracts.cutover import ECHO
from contracts.feed.change import Change
from contracts.feed.facts import Cleared, Fact, Gone, Reached, Stored

Row: TypeAlias = Stored | Gone | Cleared
_REACHED = "UPDATE domain_owner SET reached_lsn = greatest(reached_lsn, $2) WHERE domain = $1"


@dataclass(frozen=True, slots=True)
class Joined(Echo):
    """See Echo. `feeds`: the names of the domain's reverse feeds."""

    feeds: frozenset[str] = frozenset()

    async def reached(self, connection: asyncpg.Connection, lsn: int) -> None:
        """See Echo; also where another service's record says that the domain changes hands."""
        await connection.execute(_REACHED, self.records.domain, lsn)

    async def sift(
        self, connection: asyncpg.Connection, translated: Sequence[Translated]
    ) -> list[Fact]:
        record = await self.records.look(connection)
        kept: list[Fact] = []
        for change, facts in translated:
            news: list[Row] = [fact for fact in facts if not isinstance(fact, Reached)]
            if self._rogue(record, change, news):
                await self._name(connection, change)
                news = [fact for fact in news if fact.entity not in self.entities]
            kept += news
        return kept

    def _rogue(self, record: Record, change: Change, facts: Sequence[Row]) -> bool:
        return (
            record.owner is Owner.NEW
            and change.op in ROWS
            and change.lsn > record.since_lsn
            and change.origin not in {f"{ECHO}{feed}" for feed in self.feeds}
            and any(fact.entity in self.entities for fact in facts)
        )
