"""The story of a count on the shelf: COUNT in the system of record, and nothing else.

While the stock is ours it is counted in our own ledger, once, and known by the saga. While it is
the monolith's, a count must not be sent twice: after a sale, the same count adds a piece from
nowhere. So when no answer came, the ledger is asked. A movement of a count that left just so many
pieces is ours, or as good as ours. That there is none says something only when the feed has sent
all that the attempt can have done; and even then the count is sent again only while nothing has
moved since it was made.

    counted, no answer ──▶ movement found ─────────────────▶ done
                      └──▶ none, for certain ─ moved since ─▶ refused: count it again
                                             ├ as counted ──▶ done
                                             └ otherwise ───▶ sent again
"""

from dataclasses import asdict, dataclass
from typing import Protocol

import asyncpg

from chassis.breaker.toward_legacy import LEGACY
from chassis.readmodel.watermark import Watermark
from chassis.saga import Context, NotYet, Refused, Retry, Saga, State, Step
from chassis.saga.definition import Data, nothing
from chassis.saga.of_record import as_a_step, certain, refused
from contracts.back_office import BackOffice, Count
from contracts.record import Customer, RecordRefused
from new_services.inventory import counts

COUNT = "count-stock"
# Longer than it takes to be certain of an attempt; then a person judges what is unknown.
PIVOT = Retry(deadline=180.0, timeout=8.0, first=0.1, most=4.0)


def counting(key: str, person: Customer, counted: Count, last: int) -> State:
    """A saga that sets a stock to what was counted; one for each key. `last` is legacy's number
    of the variant's last movement at that time."""
    request = {"customer": asdict(person), "count": asdict(counted), "last": last}
    return State(f"{COUNT}:{key}", COUNT, request)


def _overtaken(counted: Count) -> Refused:
    said = f"The stock of {counted.variant} has changed since you counted it: count it again."
    return Refused("moved since it was counted", {"status": 409, "body": {"problem": said}})


class Own(Protocol):
    """Our own ledger; see new_services.inventory.owner.shelf."""

    async def count(self, saga_id: str, counted: Count) -> bool:
        """Whether it is done; if not, the monolith owns the stock."""


@dataclass(frozen=True, slots=True)
class Stories:
    """The step, with what it works on."""

    pool: asyncpg.Pool
    record: BackOffice
    watermark: Watermark
    own: Own

    def sagas(self) -> dict[str, Saga]:
        """By kind."""
        step = Step("count", self.count, nothing, ask=self.look, pivot=True, retry=PIVOT)
        return {COUNT: Saga(COUNT, [step])}

    async def count(self, context: Context) -> None:
        """Not safe to repeat at the monolith, for which an attempt before this one may have
        counted; then `look` has been asked."""
        counted, last = Count(**context.request["count"]), context.request["last"]
        try:
            if await self.own.count(context.saga_id, counted):
                return
        except RecordRefused as error:
            raise refused(error) from error
        if context.attempt > 1 and await counts.has_moved(self.pool, counted.variant, last):
            raise _overtaken(counted)
        try:
            with as_a_step(LEGACY):
                person = Customer(**context.request["customer"])
                await self.record.count(person, counted, context.until)
        except RecordRefused as error:
            raise refused(error) from error

    async def look(self, context: Context) -> Data | None:
        """No answer came: was it counted?"""
        sure = certain(self.watermark, context)
        counted, last = Count(**context.request["count"]), context.request["last"]
        if await counts.is_counted(self.pool, counted, last):
            return {}
        if not sure:
            raise NotYet("no such movement so far, and there may be one yet", 0.1)
        if await counts.has_moved(self.pool, counted.variant, last):
            raise _overtaken(counted)
        if await counts.stock(self.pool, counted.variant) == counted.pieces:
            return {}
        return None
