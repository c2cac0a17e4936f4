"""Both databases of a cutover in memory, by the pure protocol; what a test breaks, it says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg

from chassis.ownership import protocol
from chassis.ownership.record import Fence, Phase, Record
from chassis.ownership.records import Records
from chassis.ownership.sides import Batch, Closed, Late, Pending, Sums

LSN = 1000


@dataclass
class MemoryRecords(Records):
    """See Records. `broken` is called with the name of each change before it is made."""

    pool: Any = None
    domain: str = "goods"
    stored: Record = field(default_factory=lambda: Record("goods"))
    broken: Callable[[str], None] = lambda _: None
    waits: list[float] = field(default_factory=list)
    rogues: str = ""

    async def look(self, connection: asyncpg.Connection | None = None) -> Record:
        """See Records."""
        return self.stored

    async def lately(self) -> Record:
        """See Records."""
        return self.stored

    async def change(
        self,
        before: Record,
        after: Record | None,
        *,
        leased: bool = True,
        connection: asyncpg.Connection | None = None,
    ) -> Record | None:
        """See Records."""
        if after is None or before.attempt != self.stored.attempt:
            return None
        if before.phase is not self.stored.phase:
            return None
        if leased and before.held != self.stored.held:
            return None
        self.broken(f"{before.phase} -> {after.phase}")
        moving = self.stored.phase is not Phase.SETTLED  # the projection notes it beside this
        reached = max(self.stored.reached_lsn, after.reached_lsn) if moving else after.reached_lsn
        self.stored = replace(after, reached_lsn=reached)
        return self.stored

    async def change_alone(self, before: Record, after: Record | None) -> Record | None:
        """See Records."""
        return await self.change(before, after)

    async def reached(self, connection: asyncpg.Connection, lsn: int) -> None:
        """See Records."""
        self.stored = replace(self.stored, reached_lsn=lsn)

    async def rogue(self) -> str:
        """See Records."""
        return self.rogues

    async def waited(self, operator: str, seconds: float) -> None:
        """See Records."""
        self.waits.append(seconds)

    def lease_over(self) -> None:
        """By the clock."""
        self.stored = replace(self.stored, held=False)


@dataclass
class MemoryLegacy:
    """See LegacySide. The feed tells of the fence at once, unless it is `behind`."""

    records: MemoryRecords
    fence: Fence = field(default_factory=Fence)
    trouble: str = ""
    behind: bool = False
    counted: Sums = field(default_factory=lambda: {"products": "3"})
    turns: int = 0
    released: int = 0
    applied: list[Batch] = field(default_factory=list)
    handed: Mapping[str, int] = field(default_factory=dict)
    broken: Callable[[str], None] = lambda _: None

    async def look(self) -> tuple[Fence, str]:
        """See LegacySide."""
        self.broken("look")
        return self.fence, self.trouble

    async def claim(self, attempt: int) -> None:
        """See LegacySide."""
        self.broken("claim")
        self._become(protocol.claim(self.fence, attempt))

    async def close(self, attempt: int, epoch: int) -> Closed:
        """See LegacySide."""
        self.broken("close")
        self._become(protocol.close(self.fence, attempt, epoch))
        if not self.behind:
            await self.records.reached(None, LSN)
        return Closed(LSN, {"orders": 7})

    async def open(self, attempt: int, epoch: int) -> None:
        """See LegacySide."""
        self.broken("open")
        self._become(protocol.open_again(self.fence, attempt, epoch))

    def _become(self, after: Fence | None) -> None:
        if after is None:
            raise Late("a later attempt has it")
        self.fence = after

    async def position(self) -> int:
        """See LegacySide."""
        return LSN

    async def hand_back(self, numbers: Mapping[str, int]) -> None:
        """See LegacySide."""
        self.handed = numbers

    async def sums(self) -> Sums:
        """See LegacySide."""
        return self.counted

    async def close_connections(self) -> None:
        """See LegacySide."""

    async def release(self) -> None:
        """See LegacySide."""
        self.released += 1

    async def turn(self) -> int:
        """See LegacySide."""
        return self.turns

    async def apply(self, batch: Batch) -> None:
        """See LegacySide."""
        if batch.turn != self.turns:
            raise Late("another batch")
        self.turns += 1
        self.applied.append(batch)


@dataclass
class MemorySide:
    """See OwnSide."""

    taken: Mapping[str, int] = field(default_factory=dict)

    async def sums(self) -> Sums:
        """See OwnSide."""
        return {"products": "3"}

    async def prepare(self) -> None:
        """See OwnSide."""

    async def take(self, numbers: Mapping[str, int]) -> None:
        """See OwnSide."""
        self.taken = numbers

    async def numbers(self) -> Mapping[str, int]:
        """See OwnSide."""
        return {"orders": 9}

    async def again(self, connection: asyncpg.Connection) -> None:
        """See OwnSide."""

    async def read(self, connection: asyncpg.Connection, pending: Any) -> Any:
        """See OwnSide."""
        rows: dict[str, dict[str, Any]] = {}
        for each in pending:
            assert isinstance(each, Pending)
            rows.setdefault(each.entity, {})[each.key] = {"id": each.key}
        return rows
