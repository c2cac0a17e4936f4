"""The read side: documents ready to send, each found by one statement.

What a saga of ours left is shown until the feed has told everything up to then.
"""

from dataclasses import dataclass

import asyncpg

from contracts.orders import Order
from new_services.orders import repository
from new_services.orders.schemas import MOST_PER_PAGE, PER_PAGE

_SHOWN = "CASE WHEN own_at > $1 OR body IS NULL THEN own_body ELSE body END AS shown"
_ONE = f"SELECT {_SHOWN} FROM order_document WHERE order_no = $2 AND email = $3"
_MINE = "FROM order_document WHERE email = $1 AND ($2::text IS NULL OR po_number = $2)"
_PAGE = f"""
SELECT {_SHOWN} FROM order_document
WHERE email = $2 AND ($3::text IS NULL OR po_number = $3)
ORDER BY order_id DESC NULLS FIRST, order_no DESC LIMIT $4 OFFSET $5
"""


@dataclass(frozen=True, slots=True)
class Page:
    """Which of a customer's orders."""

    number: int = 1
    size: int = PER_PAGE
    po_number: str | None = None

    @property
    def limit(self) -> int:
        """Rows of a page."""
        return min(self.size, MOST_PER_PAGE)


async def one(pool: asyncpg.Pool, micros: int, order_no: str, email: str) -> str | None:
    """A customer's order, as JSON; `micros` is the watermark."""
    if "\0" in order_no:
        return None
    shown: str | None = await pool.fetchval(_ONE, micros, order_no, email)
    return shown


async def mine(pool: asyncpg.Pool, micros: int, email: str, page: Page) -> tuple[int, list[str]]:
    """How many orders the customer has in all, and those of the page, newest first."""
    if "\0" in (page.po_number or ""):
        return 0, []
    total = await pool.fetchval(f"SELECT count(*) {_MINE}", email, page.po_number)
    offset = (page.number - 1) * page.limit
    if offset >= total:
        return total, []
    rows = await pool.fetch(_PAGE, micros, email, page.po_number, page.limit, offset)
    return total, [row["shown"] for row in rows]


async def order_of_saga(pool: asyncpg.Pool, saga_id: str) -> Order | None:
    """The order that the saga placed, if the feed has told of it; the first one of several."""
    order_id = await pool.fetchval(
        "SELECT min(order_id) FROM order_document WHERE saga_id = $1", saga_id
    )
    return await _fed(pool, order_id)


async def written_by(pool: asyncpg.Pool, saga_id: str) -> str | None:
    """Number of the order that a place-order saga wrote, as far as it is stored."""
    number: str | None = await pool.fetchval(
        "SELECT state->'results'->'write'->'order'->>'order_no' FROM saga WHERE id = $1", saga_id
    )
    return number


async def order_as_fed(pool: asyncpg.Pool, order_no: str, email: str) -> Order | None:
    """A customer's order, if the feed has told of it."""
    order_id = await pool.fetchval(
        "SELECT order_id FROM order_document WHERE order_no = $1 AND email = $2", order_no, email
    )
    return await _fed(pool, order_id)


async def _fed(pool: asyncpg.Pool, order_id: int | None) -> Order | None:
    if order_id is None:
        return None
    async with pool.acquire() as connection:
        fed = await repository.fed_orders(connection, [order_id])
    return fed[0].order if fed else None
