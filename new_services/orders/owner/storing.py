"""The statements about the orders that we own. Each works in the caller's transaction.

`owned_order` holds an order that was placed or changed while we own the orders, as it is since
then. One that was placed before is in the feed's rows alone: until it is changed here, which copies
it. A copy of an earlier epoch may be out of date: the monolith owned the order meanwhile.
"""

from dataclasses import dataclass

import asyncpg
import orjson

from contracts.orders import Order
from new_services.orders import repository
from new_services.orders.owner.making import Buyer
from new_services.orders.schemas import SHIP_FIELDS

DOMAIN = "orders"

_BUYER = """
SELECT key::bigint AS id, fields::text AS fields FROM mirror
WHERE entity = 'customer' AND NOT gone AND fields->>'email' = $1
"""
_NUMBERS = "SELECT nextval('owned_order_id') AS id, nextval('owned_order_no') AS number"
_CHANGED = f"""
changed AS (INSERT INTO owned_change (domain, entity, key) VALUES ('{DOMAIN}', 'order', $1)
            RETURNING seq)
"""
# Shown at once, until the feed has told of it.
_PLACE = f"""
WITH {_CHANGED},
written AS (INSERT INTO written_order (order_no, saga_id) VALUES ($1, $5)
            ON CONFLICT (order_no) DO NOTHING),
shown AS (INSERT INTO order_document (order_no, order_id, email, po_number, saga_id, status,
                                      own_body, own_at)
          VALUES ($1, $2, $4, $8, $5, $9, $10, {repository.FIRST})),
kept AS (
    INSERT INTO owned_order (order_no, order_id, customer_id, email, saga_id, epoch, placed,
                             content)
    VALUES ($1, $2, $3, $4, $5, $6, true, $7))
SELECT seq FROM changed
"""
_CHANGE = f"""
WITH {_CHANGED},
shown AS (INSERT INTO order_document (order_no, order_id, email, po_number, saga_id, status,
                                      own_body, own_at)
          VALUES ($1, $2, $4, $8, $5, $9, $10, {repository.FOR_GOOD})
          ON CONFLICT (order_no) DO UPDATE SET own_body = $10, own_at = {repository.FOR_GOOD}),
kept AS (
    INSERT INTO owned_order (order_no, order_id, customer_id, email, saga_id, epoch, placed,
                             content)
    VALUES ($1, $2, $3, $4, $5, $6, false, $7)
    ON CONFLICT (order_no) DO UPDATE SET epoch = $6, content = $7)
SELECT seq FROM changed
"""
_COLUMNS = "order_id, customer_id, email, saga_id, epoch, content"
_BY_NUMBER = f"SELECT {_COLUMNS} FROM owned_order WHERE order_no = $1"
_BY_SAGA = f"SELECT {_COLUMNS} FROM owned_order WHERE placed AND saga_id = $1"
_FED = """
SELECT key::bigint AS id, (fields->>'customer_id')::bigint AS customer_id FROM mirror
WHERE entity = 'order' AND NOT gone AND key = (
    SELECT order_id::text FROM order_document WHERE order_no = $1)
"""


@dataclass(frozen=True, slots=True)
class Owned:
    """An order with what is not shown of it. `epoch`: it is known to be current since then."""

    order: Order
    order_id: int
    customer_id: int
    email: str
    epoch: int


async def lock(connection: asyncpg.Connection, name: str) -> None:
    """One writer at a time for an order or a saga of this name, until the transaction ends."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext($1), 4)", name)


async def buyer(connection: asyncpg.Connection, email: str) -> Buyer | None:
    """A customer by the feed's rows; None where the feed has not told of them."""
    row = await connection.fetchrow(_BUYER, email)
    if row is None:
        return None
    fields = orjson.loads(row["fields"])
    return Buyer(row["id"], email, {part: fields[part] for part in SHIP_FIELDS})


async def numbers(connection: asyncpg.Connection) -> tuple[int, int]:
    """The next order's id and running number. To be taken last: one that is not used is a gap."""
    row = await connection.fetchrow(_NUMBERS)
    return row["id"], row["number"]


async def placed_by(connection: asyncpg.Connection, saga_id: str) -> Order | None:
    """The order that this saga has placed here, under whichever epoch."""
    row = await connection.fetchrow(_BY_SAGA, saga_id)
    return None if row is None else _owned(row).order


async def place(connection: asyncpg.Connection, owned: Owned) -> int:
    """A new order; the number of this change among ours."""
    return int(await connection.fetchval(_PLACE, *_values(owned)))


async def change(connection: asyncpg.Connection, owned: Owned) -> int:
    """An order as it is from now on; the first change of an older order copies it. The number of
    this change among ours."""
    return int(await connection.fetchval(_CHANGE, *_values(owned)))


async def current(connection: asyncpg.Connection, order_no: str, epoch: int) -> Owned | None:
    """An order as it is, under this epoch of ours; None: there is none of that number."""
    row = await connection.fetchrow(_BY_NUMBER, order_no)
    if row is not None and row["epoch"] >= epoch:
        return _owned(row)
    known = await connection.fetchrow(_FED, order_no)
    fed = await repository.fed_orders(connection, [known["id"]]) if known else []
    if not fed:
        return None if row is None else _owned(row)
    return Owned(fed[0].order, known["id"], known["customer_id"], fed[0].email, epoch)


def _owned(row: asyncpg.Record) -> Owned:
    order = Order.from_dict(orjson.loads(row["content"]))
    return Owned(order, row["order_id"], row["customer_id"], row["email"], row["epoch"])


def _values(owned: Owned) -> tuple[object, ...]:
    order = owned.order
    return (
        order.order_no, owned.order_id, owned.customer_id, owned.email, order.saga_id, owned.epoch,
        orjson.dumps(order.to_dict()).decode(), order.po_number, order.status,
        repository.body(order),
    )  # fmt: skip
