"""The statements about the orders that we own. Each works in the caller's transaction.

`owned_order` holds an order that was placed or changed while we own the orders, as it is since
then. One that was placed before is in the feed's rows alone: until it is changed here, which copies
it. A copy of an earlier epoch may be out of date: the monolith owned the order meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import asyncpg
import orjson

from chassis.ownership.records import ALONE
from contracts.orders import Order
from new_services.orders import repository
from new_services.orders.owner.making import Buyer
from new_services.orders.saga import pricing
from new_services.orders.saga.pricing import Price
from new_services.orders.schemas import SHIP_FIELDS

DOMAIN = "orders"

# What a new order is made of, in one round trip. The numbers are taken once nothing is missing: one
# that is not used is a gap.
_MATERIAL = f"""
WITH owner AS (
    SELECT FROM domain_owner
    WHERE domain = '{DOMAIN}' AND owner = 'new' AND phase = 'settled' AND epoch = $4),
known AS (SELECT content FROM owned_order WHERE placed AND saga_id = $1),
buyer AS (
    SELECT key::bigint AS id, fields::text AS fields FROM mirror
    WHERE entity = 'customer' AND NOT gone AND fields->>'email' = $2 LIMIT 1),
priced AS ({pricing.prices_of("$3")}),
complete AS (
    SELECT FROM owner, buyer WHERE NOT EXISTS (SELECT FROM known)
    AND (SELECT count(DISTINCT sku) FROM priced) = cardinality($3))
SELECT EXISTS (SELECT FROM owner) AS ours, (SELECT content FROM known) AS known,
       (SELECT id FROM buyer) AS buyer, (SELECT fields FROM buyer) AS fields,
       (SELECT json_agg(priced)::text FROM priced) AS prices,
       (SELECT nextval('owned_order_id') FROM complete) AS id,
       (SELECT nextval('owned_order_no') FROM complete) AS number
"""
_CHANGED = f"""
changed AS (INSERT INTO owned_change (domain, entity, key) VALUES ('{DOMAIN}', 'order', $1)
            RETURNING seq)
"""
# Shown at once, until the feed has sent it.
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


@dataclass(frozen=True, slots=True)
class Material:
    """What an order is made of. `ours`: the epoch is the one in force; `known`: what the saga has
    placed here; `buyer`: None where the feed has not sent them; `numbers`: id and number."""

    ours: bool
    known: Order | None
    buyer: Buyer | None
    prices: Mapping[str, Price]
    numbers: tuple[int, int] | None


async def lock(connection: asyncpg.Connection, name: str) -> None:
    """One writer at a time for an order or a saga of this name, until the transaction ends."""
    await connection.execute(ALONE, name)


async def material(
    connection: asyncpg.Connection, saga_id: str, email: str, skus: Sequence[str], epoch: int
) -> Material:
    """For an order of this saga's in this epoch of ours. The numbers are given where it is still
    that, the saga has no order yet, its buyer is known and each sku has a price."""
    row = await connection.fetchrow(_MATERIAL, saga_id, email, skus, epoch)
    known = None if row["known"] is None else Order.from_dict(orjson.loads(row["known"]))
    prices = pricing.priced(orjson.loads(row["prices"] or "[]"))
    numbers = None if row["id"] is None else (row["id"], row["number"])
    return Material(row["ours"], known, _buyer(row, email), prices, numbers)


def _buyer(row: asyncpg.Record, email: str) -> Buyer | None:
    if row["buyer"] is None:
        return None
    fields = orjson.loads(row["fields"])
    return Buyer(row["buyer"], email, {part: fields[part] for part in SHIP_FIELDS})


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
