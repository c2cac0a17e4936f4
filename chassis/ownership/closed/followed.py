"""At a service that keeps copies of other domains: which of them are closed, and what that ends.

    legacy's log ─▶ sift ─▶ facts of open domains; those of a closed one come from its owner
    the owner's WindowClosed ─▶ its record here: owner new, window closed, since `lsn`
    all domains closed ─▶ the watermark is free: no request waits for the feed, and none is stale

The record is in `domain_owner`, as that of a domain of the service's own is.
"""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import asyncpg

from chassis.database import DatabaseAway
from chassis.readmodel import mirror
from chassis.readmodel.watermark import Watermark
from contracts.events.envelope import Envelope
from contracts.events.owned import WindowClosed
from contracts.feed.change import Change
from contracts.feed.facts import Cleared, Fact, Reached

log = logging.getLogger("ownership")

LOOK_SECONDS = 1.0
FREE_SECONDS = 3600.0  # there is nothing more to look for
_CLOSE = """
INSERT INTO domain_owner (domain, owner, epoch, window_open, since_lsn)
VALUES ($1, 'new', $2, false, $3)
ON CONFLICT (domain) DO UPDATE SET owner = 'new', epoch = $2, window_open = false, since_lsn = $3
WHERE domain_owner.epoch <= $2
"""
_CLOSED = "SELECT domain FROM domain_owner WHERE owner = 'new' AND NOT window_open"
# For a rebuild: the reason against it, where a domain of these copies is closed.
NOT_LEGACYS = """
SELECT 'the window of ' || domain || ' is closed: legacy''s feed is no source of it any more'
FROM public.domain_owner WHERE owner = 'new' AND NOT window_open LIMIT 1
"""
# Lower than any version: what the owner publishes stands, and the entity counts as read whole.
_FLOOR = "INSERT INTO {floors} (entity, lsn, seq) VALUES ($1, 0, 0) ON CONFLICT DO NOTHING"


async def closed(connection: asyncpg.Connection, event: WindowClosed, _: Envelope) -> None:
    """Of an inbox: what its owner says of a domain that is kept here as a copy."""
    await connection.execute(_CLOSE, event.DOMAIN, event.epoch, event.lsn)
    log.info("%s: from here on its owner tells of it, not legacy's log", event.DOMAIN)


@dataclass(slots=True)
class Followed:
    """`copies`: the entities that are kept here as copies, by domain. `needs`: every domain without
    which this service's tables are not whole. `floors` is the table of the entities read whole."""

    pool: asyncpg.Pool
    copies: Mapping[str, frozenset[str]]
    needs: frozenset[str]
    floors: str = mirror.FLOORS

    async def sift(
        self, connection: asyncpg.Connection, translated: Sequence[tuple[Change, Sequence[Fact]]]
    ) -> list[tuple[Change, Sequence[Fact]]]:
        """What of legacy's log still counts, in the open transaction."""
        rows = await connection.fetch(_CLOSED)
        ended = {
            entity for row in rows for entity in self.copies.get(row["domain"], ())
        }  # fmt: skip
        if not ended:
            return list(translated)
        for fact in (fact for _, facts in translated for fact in facts):
            if isinstance(fact, Cleared) and fact.whole and fact.entity in ended:
                await connection.execute(_FLOOR.format(floors=self.floors), fact.entity)
        return [
            (change, [each for each in facts if not _is_of(each, ended)])
            for change, facts in translated
        ]

    async def free(self, watermark: Watermark) -> None:
        """For ever: note what is closed; once all is that is needed, the watermark is free. No
        window opens again."""
        while True:
            try:
                rows = await self.pool.fetch(_CLOSED)
                watermark.closed = frozenset(row["domain"] for row in rows)
                if watermark.fed and self.needs <= watermark.closed:
                    watermark.free()
                    log.info("nothing here comes from legacy's log any more")
            except DatabaseAway as error:
                log.info("whether all windows are closed is not known: %s", error)
            await asyncio.sleep(LOOK_SECONDS if watermark.fed else FREE_SECONDS)


def _is_of(fact: Fact, entities: Collection[str]) -> bool:
    return not isinstance(fact, Reached) and fact.entity in entities
