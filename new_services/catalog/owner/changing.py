"""The goods as their owner changes them, and who that is for a form of the staff just now."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from chassis.ownership.gate import WriteGate
from chassis.ownership.record import Owner
from chassis.ownership.records import CHANGED
from chassis.readmodel import deriving
from contracts.back_office import Article, Articles
from contracts.feed.entities import PRODUCT
from contracts.record import Customer, RecordRefused
from new_services.catalog import projections

DOMAIN = "goods"
UNKNOWN = {"error": "There is no article with this number."}  # the monolith's words

# What means the same keeps its text, also an old one: '49' is the price 49.00.
_SAVE = """
UPDATE product SET name = coalesce($2, name),
    price_text = CASE WHEN list_price = $3::text::numeric AND price_text IS NOT NULL
                      THEN price_text ELSE $3 END,
    list_price = $3::text::numeric,
    discount_text = CASE WHEN discount_percent = $4 THEN discount_text ELSE $4 END,
    discount_percent = $4, active = $5, discontinued = $6, updated = $7
WHERE sku = $1 AND NOT deleted RETURNING id
"""


@dataclass(frozen=True, slots=True)
class OwnGoods:
    """See Articles: a product in our own tables, with its document. `now` is the shop's wall
    clock, without a zone."""

    pool: asyncpg.Pool
    write_gate: WriteGate
    now: Callable[[], datetime]
    given: Callable[[int], Awaitable[None]]  # waits a moment until legacy has a change

    async def save(self, wanted: Article) -> None:
        """Make the product so. Raises RecordRefused, Moving."""
        async with self.pool.acquire() as connection, connection.transaction():
            await self.write_gate.enter(connection)
            await deriving.lock(connection)
            fields = (wanted.name, wanted.price, wanted.discount, wanted.active)
            found = await connection.fetchval(
                _SAVE, wanted.sku, *fields, wanted.discontinued, self.now()
            )
            if found is None:
                raise RecordRefused(404, UNKNOWN)
            change = await connection.fetchval(CHANGED, DOMAIN, PRODUCT, str(found))
            await projections.derive(connection, {PRODUCT: [{"id": found}]})
        await self.given(change)


@dataclass(frozen=True, slots=True)
class OwnedGoods:
    """See Articles: the form goes to the owner of the goods when it is begun."""

    legacy: Articles
    own: OwnGoods

    async def save(self, person: Customer, wanted: Article, until: float) -> None:
        if await self.own.write_gate.whose(f"{person.email} {wanted.sku}") is Owner.NEW:
            await self.own.save(wanted)
        else:
            await self.legacy.save(person, wanted, until)
