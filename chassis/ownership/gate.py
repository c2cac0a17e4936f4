"""The gate of writes: the owner of the domain. While the domain changes hands, writes wait here.

whose ──▶ legacy           its own transaction decides, and its fence
      ──▶ new  ──▶ enter   in the write's own transaction, until that has ended
      ──▶ (moving) wait, then one of both; or Moving, and nothing was begun
"""

import asyncio
import time
from dataclasses import dataclass, field

import asyncpg

from chassis.ownership.record import Owner, Record
from chassis.ownership.records import ENTER, ENTER_ALONE, Records
from contracts.record import RecordAway

POLL_SECONDS = 0.02  # how often the record is looked at, once for all that wait
PATIENCE_SECONDS = 3.0  # for one attempt of a write; its saga comes again
AGAIN_SECONDS = 0.05


class Moving(RecordAway):
    """The domain changes hands; nothing was begun."""

    def __init__(self, domain: str) -> None:
        super().__init__(f"{domain} is changing hands", AGAIN_SECONDS, ours=True)


@dataclass(slots=True)
class WriteGate:
    """Of one domain, in one process."""

    records: Records
    _looking: "asyncio.Task[Record] | None" = None
    _since: dict[str, float] = field(default_factory=dict)  # when a write began to wait

    async def whose(self, write: str, patience: float = PATIENCE_SECONDS) -> Owner:
        """The owner that takes the write now. `write` names it, also when repeated. Raises
        Moving."""
        record = await self.records.lately()
        if record.writer is not Owner.NEW:  # for a write of our own `enter` looks again
            record = await self.records.look()
        if record.writer is None:
            began = self._since.setdefault(write, time.monotonic())
            record = await self._wait(record, patience)
            if record.writer is None:
                raise Moving(record.domain)
            self._since.pop(write, None)
            await self.records.waited(record.operator, time.monotonic() - began)
        elif (earlier := self._since.pop(write, None)) is not None:
            await self.records.waited(record.operator, time.monotonic() - earlier)
        return record.owner

    async def stand(self, connection: asyncpg.Connection, name: str) -> None:
        """First of all in the transaction of a write of our own, as the only writer under `name`:
        the owner does not change until the transaction ends. The caller must still look who the
        owner is; where that is legacy, see `moved`."""
        await connection.execute(ENTER_ALONE, self.records.domain, name)

    def moved(self, write: str) -> Moving:
        """The error of a write that found the domain not, or not any more, ours: it waits from
        now."""
        self._since.setdefault(write, time.monotonic())
        return Moving(self.records.domain)

    async def enter(self, connection: asyncpg.Connection, name: str = "") -> Record:
        """First of all in the transaction of a write of our own, with a `name` as the only writer
        under that name. Raises Moving where the domain is not, or not any more, ours."""
        if name:
            await self.stand(connection, name)
        else:
            await connection.execute(ENTER, self.records.domain)
        record = await self.records.look(connection)
        if record.writer is not Owner.NEW:
            raise Moving(record.domain)
        return record

    async def _wait(self, record: Record, patience: float) -> Record:
        until = time.monotonic() + patience
        while record.writer is None and time.monotonic() < until:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._look_soon())
            record = await asyncio.shield(self._looking)
        return record

    async def _look_soon(self) -> Record:
        await asyncio.sleep(POLL_SECONDS)
        return await self.records.look()
