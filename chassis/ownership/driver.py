"""Carries a domain to its other owner, inside the owning service, and ends what others left.

    to new      1 moving ▶ 2 claim, close the fence ▶ 3 reach ▶ 4 compare ▶ 5 switch
    to legacy   1 moving ▶ 2 claim, fence our writes ▶ 3 reach ▶ 4 compare, hand back ▶ 5 switch ▶
                6 open

Whatever fails before the switch ends with the owner as before; see `protocol`. Where the process
dies or freezes, any instance ends the attempt once its lease is over (`watch`).
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from chassis.database import DatabaseAway
from chassis.ownership import protocol
from chassis.ownership.closed.publisher import WINDOW
from chassis.ownership.protocol import Ending
from chassis.ownership.record import Owner, Record
from chassis.ownership.records import CHANGED, Records
from chassis.ownership.reverse import ReverseFeed
from chassis.ownership.sides import Closed, FenceBusy, Late, LegacyAway, LegacySide, OwnSide

log = logging.getLogger("ownership")

CLOSE_SECONDS = 2.0  # for the fence, again and again
REACH_SECONDS = 2.0  # for the read model, or for the reverse feed
POLL_SECONDS = 0.01
WATCH_SECONDS = 1.0
FAILURES = (*DatabaseAway, TimeoutError, LegacyAway, FenceBusy, Late)


class NotBegun(Exception):
    """The attempt was not begun; says why."""


class Ended(Exception):
    """The attempt cannot go on; says why."""


@dataclass(slots=True)
class Driver:
    """Of one domain, in one process. `steps`: of the last attempt, with their seconds."""

    records: Records
    legacy: LegacySide
    own: OwnSide
    reverse: ReverseFeed
    steps: list[tuple[str, float]] = field(default_factory=list)
    trouble: str = ""  # what a person should look at: of the fence, or of legacy's database
    _carrying: "asyncio.Task[None] | None" = None

    async def begin(self, toward: Owner, operator: str, attempt: int | None = None) -> Record:
        """Begin an attempt; it goes on by itself. `attempt`: the last number that the operator has
        seen; the order is void once there is a higher one. Raises NotBegun."""
        before = await self.records.look()
        if attempt is not None and before.attempt != attempt:
            raise NotBegun(f"the order came too late: {before.domain} was looked at since")
        if before.owner is toward:
            raise NotBegun(f"{before.domain} is owned by {toward} already")
        if before.writer is None:
            raise NotBegun(f"{before.operator or 'somebody'} is moving {before.domain} already")
        if toward is Owner.LEGACY and not before.window_open:
            raise NotBegun(f"the window of {before.domain} is closed: there is no way back")
        _, trouble = await self.legacy.look()
        if trouble:
            raise NotBegun(trouble)
        if toward is Owner.NEW:
            await self.own.prepare()
        begun = await self.records.change(before, protocol.begin(before, toward, operator))
        if begun is None:
            raise NotBegun(f"somebody else has begun to move {before.domain}")
        self.steps.clear()
        self._carrying = asyncio.create_task(self._carry(begun))
        return begun

    async def withdraw(self, attempt: int) -> Record:
        """An order under this number that did not arrive yet begins nothing; the record then."""
        before = await self.records.look()
        after = protocol.withdraw(before, attempt)
        return await self.records.change(before, after) or await self.records.look()

    async def close(self) -> Record:
        """End the window: from here on we publish to the services that keep a copy, beginning with
        all data. For a closed window all is published once more. Raises NotBegun, LegacyAway."""
        records = self.records
        before = closed = await records.look()
        has_ended = before.writer is Owner.NEW and not before.window_open
        lsn = 0 if has_ended else await self.legacy.position()
        async with records.pool.acquire() as connection, connection.transaction():
            if not has_ended:
                after = protocol.close_window(before, lsn)
                done = await records.change(before, after, leased=False, connection=connection)
                if done is None:
                    raise NotBegun(f"no window of {records.domain} is open, or it is being moved")
                closed = done
            await connection.execute(CHANGED, records.domain, WINDOW, records.domain)
            await self.own.again(connection)
        self.reverse.hurry()
        return closed

    async def _carry(self, begun: Record) -> None:
        go = self._to_new if begun.toward is Owner.NEW else self._to_legacy
        try:
            await go(begun)
            log.info("%s is owned by %s", begun.domain, begun.toward)
        except Ended as error:
            await self._give_up(begun, str(error))
        except FAILURES as error:
            await self._give_up(begun, str(error) or type(error).__name__)

    async def _to_new(self, record: Record) -> None:
        attempt, epoch = record.attempt, record.epoch + 1
        async with self._step("fence"):
            await self.legacy.claim(attempt)
            closed = await self._close(attempt, epoch)
            await self.own.take(closed.numbers)
            fenced = protocol.fenced(record, attempt, closed.numbers)
            record = _held(await self.records.change(record, fenced))
        async with self._step("reach"):
            await self._until("the read model is behind", lambda: self._reached(closed.lsn))
        await self._compare()
        async with self._step("switch"):
            record = await self.records.look()
            _held(await self.records.change(record, protocol.switch(record, attempt, closed.lsn)))

    async def _to_legacy(self, record: Record) -> None:
        attempt = record.attempt
        async with self._step("fence"):
            await self.legacy.claim(attempt)
            fenced = protocol.fenced(record, attempt, {})
            record = _held(await self.records.change_alone(record, fenced))
        async with self._step("reach"):
            await self._until("the reverse feed is behind", self.reverse.drained)
        await self._compare()
        async with self._step("hand back"):
            await self.legacy.hand_back(await self.own.numbers())
            since = await self.legacy.position()
        async with self._step("switch"):
            record = await self.records.look()
            switched = protocol.switch(record, attempt, since)
            record = _held(await self.records.change(record, switched))
        async with self._step("open"):
            await self._end(record, "")

    async def _compare(self) -> None:
        """Compare until both sides agree: writes wait, so a difference can only be feed lag."""
        until = time.monotonic() + REACH_SECONDS
        async with self._step("compare"):
            while True:
                ours, theirs = await asyncio.gather(self.own.sums(), self.legacy.sums())
                if ours == theirs:
                    return
                if time.monotonic() > until:
                    raise Ended(f"the two sides differ: ours {ours}, legacy's {theirs}")
                await asyncio.sleep(POLL_SECONDS)

    async def _close(self, attempt: int, epoch: int) -> Closed:
        until = time.monotonic() + CLOSE_SECONDS
        while True:
            try:
                return await self.legacy.close(attempt, epoch)
            except FenceBusy:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(POLL_SECONDS)

    async def _reached(self, lsn: int) -> bool:
        return (await self.records.look()).reached_lsn >= lsn

    async def _until(self, trouble: str, holds: Callable[[], Awaitable[bool]]) -> None:
        until = time.monotonic() + REACH_SECONDS
        while not await holds():
            if time.monotonic() > until:
                raise Ended(f"{trouble}: not there within {REACH_SECONDS:.0f} s")
            await asyncio.sleep(POLL_SECONDS)

    @asynccontextmanager
    async def _step(self, name: str) -> AsyncIterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.steps.append((name, time.monotonic() - began))

    async def _give_up(self, begun: Record, words: str) -> None:
        """First the attempt is made void, with all that was sent under it; then it is ended."""
        log.warning("%s stays as it was: %s", begun.domain, words)
        try:
            now = await self.records.look()
            after = protocol.give_up(now, begun.attempt)
            taken = await self.records.change(now, after, leased=False)
            if taken is not None:
                await self._end(taken, words)
        except FAILURES as error:
            log.warning("%s: ended once its lease is over: %s", begun.domain, error)

    async def _end(self, record: Record, words: str) -> None:
        """What `protocol.ending` says. Raises what both databases raise."""
        if protocol.ending(record) is Ending.OPEN:
            await self.legacy.open(record.attempt, record.epoch)
        settled = protocol.settle(record, record.attempt, words)
        await self.records.change(record, settled, leased=False)

    async def watch(self) -> None:
        """For ever: what others left is ended within seconds, and the fence is looked at."""
        while True:
            try:
                self._note(await self.mend())
            except FAILURES as error:
                self._note(str(error) or type(error).__name__)
            await asyncio.sleep(WATCH_SECONDS)

    def _note(self, trouble: str) -> None:
        if trouble and trouble != self.trouble:
            log.error("%s: %s", self.records.domain, trouble)
        self.trouble = trouble

    async def mend(self) -> str:
        """End an attempt whose lease is over, and open a fence that no attempt needs. Returns what
        is wrong with the fence; empty: nothing."""
        record = await self.records.look()
        if record.writer is None and not record.held:
            taken = await self.records.change(record, protocol.take_over(record))
            if taken is not None:
                log.warning("%s: ending the attempt of %s", record.domain, record.operator)
                words = taken.words or "whoever carried it out died or stood still"
                await self._end(taken, words)
            return ""
        if record.owner is Owner.NEW and not record.window_open:
            return ""  # for good: legacy's database may be gone
        fence, trouble = await self.legacy.look()
        if record.writer is Owner.LEGACY and not fence.open:
            await self.legacy.open(record.attempt, record.epoch)
        if record.writer is Owner.NEW and fence.open:
            return "the fence in legacy's database is open, and the new side is the owner"
        rogue = await self.records.rogue()
        return trouble or (f"written past the fence: {rogue}" if rogue else "")


def _held(record: Record | None) -> Record:
    if record is None:
        raise Ended("its lease was over, and somebody else has ended it")
    return record
