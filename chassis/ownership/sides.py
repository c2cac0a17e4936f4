"""What a cutover needs of the two sides: of legacy's database, and of the owning service's tables.

Legacy's side is in the package that knows its tables, and imported only while there is a monolith.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import asyncpg

from chassis.ownership.record import Fence

Sums = Mapping[str, str]  # by name: counts and sums that say that two sides hold the same
# The present state of what changed: by entity, by key, the fields, or None where it is gone.
Rows: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Any] | None]]


class LegacyAway(Exception):
    """Legacy's database cannot be asked, or refuses; says why."""


class FenceBusy(Exception):
    """A transaction of legacy's holds a table of the domain; worth trying again. Says which."""


class Late(Exception):
    """The change is of an older attempt or turn, and was not made."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The fence is closed as of this position of legacy's log; `numbers` are handed over."""

    lsn: int
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Pending:
    """A row of `owned_change`."""

    seq: int
    entity: str
    key: str


class LegacySide(Protocol):
    """A domain's tables and fence in legacy's database. Every call may raise LegacyAway."""

    async def look(self) -> tuple[Fence, str]:
        """The fence, and what is wrong with it; empty: nothing."""

    async def claim(self, attempt: int) -> None:
        """See protocol.claim. Raises Late."""

    async def close(self, attempt: int, epoch: int) -> Closed:
        """See protocol.close. The log says when a reader has come to it. Raises FenceBusy, Late."""

    async def open(self, attempt: int, epoch: int) -> None:
        """See protocol.open_again. Raises Late."""

    async def position(self) -> int:
        """Where legacy's log ends."""

    async def hand_back(self, numbers: Mapping[str, int]) -> None:
        """Count on from these, or from higher ones."""

    async def sums(self) -> Sums:
        """Of the domain's tables."""

    async def release(self) -> None:
        """Let another process mark what it writes: only one can at a time."""

    async def turn(self) -> int:
        """How many batches of the reverse feed have been applied."""

    async def close_connections(self) -> None:
        """At the end of the process."""

    async def apply(self, batch: "Batch") -> None:
        """Make the rows mean the same, in one transaction. Raises Late where another batch has been
        applied since `turn`, or the domain is not the new side's under this epoch."""


@dataclass(frozen=True, slots=True)
class Batch:
    """`position` is the highest number of the changes."""

    epoch: int
    turn: int
    position: int
    rows: Rows


class Source(Protocol):
    """What a reverse feed reads."""

    async def read(self, connection: asyncpg.Connection, pending: Sequence[Pending]) -> Rows:
        """What `Batch.rows` is to hold of these, as the open transaction sees it."""


class OwnSide(Source, Protocol):
    """The domain in the owning service's database."""

    async def sums(self) -> Sums:
        """As LegacySide has them."""

    async def prepare(self) -> None:
        """Before writes wait: what makes `take` short. Raises LegacyAway."""

    async def take(self, numbers: Mapping[str, int]) -> None:
        """Count on from these, or from higher ones. Legacy is fenced. Raises LegacyAway."""

    async def numbers(self) -> Mapping[str, int]:
        """From which legacy is to count on."""

    async def again(self, connection: asyncpg.Connection) -> None:
        """Note all of the domain as changed, in the open transaction in which its window closes."""


async def summed(connection: asyncpg.Connection | asyncpg.Pool, statement: str) -> Sums:
    """The one row of a statement, as texts."""
    row = await connection.fetchrow(statement)
    return {name: str(value) for name, value in row.items()}
