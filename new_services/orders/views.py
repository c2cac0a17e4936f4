"""The read side: documents ready to send, each found by one statement.

What a saga of ours left is shown until the feed has sent everything up to then.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
import orjson

from contracts.mark import split
from contracts.orders import Order
from new_services.orders import repository
from new_services.orders.schemas import MOST_PER_PAGE, PER_PAGE

# The watermark is $1.
_OWN = f"""(body IS NULL OR CASE WHEN own_at = {repository.FOR_GOOD} THEN status <> 'CANCELLED'
                              ELSE own_at > $1 END)"""
_SHOWN = f"CASE WHEN {_OWN} THEN own_body ELSE body END AS shown"
_ONE = f"SELECT {_SHOWN} FROM order_document WHERE order_no = $2 AND email = $3"
# With one of these numbers, where any is given: the customer's own, ours, or the customer's own as
# legacy shows it, with the mark of the saga that placed the order.
_MINE = """
FROM order_document WHERE email = $2
AND ($3::text IS NULL OR po_number = $3 OR order_no = $4::text OR saga_id = $5::text)
"""
_COUNT = f"SELECT count(*) {_MINE} AND $1::bigint IS NOT NULL"
_PAGE = f"""
SELECT {_SHOWN} {_MINE}
ORDER BY order_id DESC NULLS FIRST, order_no DESC LIMIT $6 OFFSET $7
"""
_PAYMENTS = f"""
SELECT (SELECT coalesce(jsonb_agg(payment.fields ORDER BY (payment.fields->>'id')::bigint), '[]')
        FROM mirror payment WHERE payment.entity = 'payment' AND NOT payment.gone
          AND payment.fields->>'order_id' = kept.order_id::text)::text
FROM order_document kept WHERE order_no = $2 AND NOT {_OWN}
"""
PAYMENT = ("amount", "method", "status")
_WRITTEN_BY = """
SELECT coalesce(
    (SELECT state->'results'->'write'->'order'->>'order_no' FROM saga WHERE id = $1),
    (SELECT order_no FROM written_order WHERE saga_id = $1))
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Orders with this number of the customer's own, with or without our mark behind it, or with
    this number of ours."""

    po_number: str
    order_no: str | None = None

    @property
    def possible(self) -> bool:
        """Whether a row can hold these texts."""
        return "\0" not in self.po_number + (self.order_no or "")

    @property
    def saga_id(self) -> str | None:
        """Of the mark in the customer's own number, as legacy shows it and alone finds it."""
        return split(self.po_number)[1]

    def matches(self, po_number: str | None, saga_id: str) -> bool:
        """Whether an order that is not placed yet is one of them: it is known by its saga."""
        return po_number == self.po_number or saga_id in (self.order_no, self.saga_id)


@dataclass(frozen=True, slots=True)
class Page:
    """Which of a customer's orders."""

    number: int = 1
    size: int = PER_PAGE
    wanted: "Wanted | None" = None

    @property
    def limit(self) -> int:
        """Rows of a page."""
        return min(self.size, MOST_PER_PAGE)

    @property
    def offset(self) -> int:
        """Orders before it."""
        return (self.number - 1) * self.limit


async def one(pool: asyncpg.Pool, micros: int, order_no: str, email: str) -> str | None:
    """A customer's order, as JSON; `micros` is the watermark."""
    if "\0" in order_no:
        return None
    shown: str | None = await pool.fetchval(_ONE, micros, order_no, email)
    return shown


async def count(pool: asyncpg.Pool, email: str, wanted: Wanted | None) -> int:
    """How many orders the customer has, in all or of the wanted ones."""
    if wanted is not None and not wanted.possible:
        return 0
    return int(await pool.fetchval(_COUNT, 0, email, *_numbers(wanted)))


async def mine(
    pool: asyncpg.Pool, micros: int, email: str, wanted: Wanted | None, limits: tuple[int, int]
) -> list[str]:
    """The customer's orders, newest first: at most so many, after so many; see `count`."""
    rows = await pool.fetch(_PAGE, micros, email, *_numbers(wanted), *limits)
    return [row["shown"] for row in rows]


def _numbers(wanted: Wanted | None) -> tuple[str | None, str | None, str | None]:
    if wanted is None:
        return None, None, None
    return wanted.po_number, wanted.order_no, wanted.saga_id


async def payments(pool: asyncpg.Pool, micros: int, order_no: str) -> list[dict[str, str]] | None:
    """Amount, method and status of each payment for an order, as the feed has them; None while
    the order is shown as a saga left it."""
    found = await pool.fetchval(_PAYMENTS, micros, order_no)
    if found is None:
        return None
    return [{name: row[name] for name in PAYMENT} for row in orjson.loads(found)]


async def orders_of_saga(pool: asyncpg.Pool, saga_id: str) -> list[Order]:
    """The orders with the saga's mark that the feed has sent, the oldest first."""
    ids = await pool.fetch(
        "SELECT order_id FROM order_document"
        " WHERE saga_id = $1 AND order_id IS NOT NULL ORDER BY order_id",
        saga_id,
    )
    return await _fed(pool, [row["order_id"] for row in ids])


async def written_by(pool: asyncpg.Pool, saga_id: str) -> str | None:
    """Number of the order that a place-order saga wrote, as far as it is stored; also of one that
    has been deleted since."""
    number: str | None = await pool.fetchval(_WRITTEN_BY, saga_id)
    return number


async def age_of_saga(pool: asyncpg.Pool, saga_id: str) -> float:
    """Seconds since it was stored first, by the database's clock. Endless where a callee was
    away: its request was answered at that moment, and no longer waited."""
    away = "SELECT FROM saga_story WHERE saga_id = $1 AND what = 'absent'"
    age = "extract(epoch FROM clock_timestamp())::float8 - created"
    asked = (
        f"SELECT CASE WHEN EXISTS ({away}) THEN 'Infinity' ELSE {age} END FROM saga WHERE id = $1"
    )
    return float(await pool.fetchval(asked, saga_id) or 0.0)


async def order_as_fed(pool: asyncpg.Pool, order_no: str, email: str) -> Order | None:
    """A customer's order, if the feed has sent it."""
    order_id = await pool.fetchval(
        "SELECT order_id FROM order_document WHERE order_no = $1 AND email = $2", order_no, email
    )
    found = await _fed(pool, [order_id] if order_id is not None else [])
    return found[0] if found else None


async def _fed(pool: asyncpg.Pool, order_ids: Sequence[int]) -> list[Order]:
    """In the order of their ids."""
    if not order_ids:
        return []
    async with pool.acquire() as connection:
        fed = await repository.fed_orders(connection, order_ids)
    return [each.order for each in sorted(fed, key=lambda each: each.order_id)]
