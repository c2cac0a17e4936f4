"""A count on the shelf becomes a saga, once for each key, waited for a moment."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import asyncpg
from pydantic import BaseModel

from chassis.readmodel.watermark import Watermark
from chassis.saga.replies import Person, started
from chassis.saga.starting import Starter
from chassis.web.internal import Reply
from contracts.back_office import Count
from new_services.inventory import counts
from new_services.inventory.saga import counting

MOST_STOCK = 100_000
LONGEST = 6  # digits
PATIENCE_SECONDS = 1.0  # until the ledger is known as of the count
PROBLEM = {"problem": f"The stock must be a number from 0 to {MOST_STOCK}."}
UNKNOWN = {"error": "There is no such article."}
BEHIND = {"error": "the ledger is not known up to now", "declined": "behind"}


class CountForm(BaseModel):
    """The form of one variant's stock, as it was typed, and who sent it."""

    person: Person
    sku: str
    variant: str
    pieces: str


@dataclass(frozen=True, slots=True)
class Counting:
    """`clock` is in unix seconds."""

    pool: asyncpg.Pool
    watermark: Watermark
    starter: Starter
    clock: Callable[[], float] = time.time

    async def count(self, key: str, body: bytes) -> Reply:
        """The count under this key. Raises Problem, ValidationError."""
        asked = CountForm.model_validate_json(body)
        typed = asked.pieces.strip()
        if "\0" in asked.variant:
            return 404, UNKNOWN
        if not typed.isdecimal() or len(typed) > LONGEST or int(typed) > MOST_STOCK:
            return 400, PROBLEM
        # Counts before this one are known by their numbers in the ledger.
        if not await self.watermark.reached(int(self.clock() * 1e6), PATIENCE_SECONDS):
            return 409, BEHIND
        counted = Count(asked.sku.upper().replace("\0", ""), asked.variant, int(typed))
        last = await counts.last(self.pool, counted.variant)
        state = counting(key, asked.person.customer, counted, last)
        return await started(self.starter, state)
