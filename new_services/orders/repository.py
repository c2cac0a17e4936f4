"""The statements. Each works in the caller's transaction, and is safe to repeat."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from chassis.database import SOON
from chassis.events import outbox
from contracts.orders import Line, Order
from new_services.orders.schemas import SHIP_FIELDS, show

_OWN = """
INSERT INTO order_document (order_no, email, po_number, saga_id, status, own_body, own_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (order_no) DO
"""
_UPDATE = "UPDATE SET own_body = $6, own_at = $7 WHERE order_document.own_at < $7"
# A crash of the server that takes this commit takes the saga's end, which comes behind it in the
# log, too: the saga then takes these steps again, and legacy has had the order all the while.
# Which order a saga wrote is kept when the saga is deleted.
_WRITTEN = """
INSERT INTO written_order (order_no, saga_id) SELECT $1, $4 WHERE $4::text IS NOT NULL
ON CONFLICT (order_no) DO NOTHING
"""
_PUBLISH = f"{outbox.clause(8)} SELECT FROM soon"
_OWN_AND_PUBLISH = f"WITH {SOON}, own AS ({_OWN} {_UPDATE}), {_PUBLISH}"
_FIRST_AND_PUBLISH = f"WITH {SOON}, own AS ({_OWN} NOTHING), written AS ({_WRITTEN}), {_PUBLISH}"
FIRST = 0  # time of an order as it was placed: whatever else is known of it is newer
# Time of an order that was cancelled by us as its owner: shown until the feed says so, too.
FOR_GOOD = 2**63 - 1
_COLUMNS = ("order_no", "order_id", "email", "po_number", "saga_id", "status", "body")


def _row_of(table: str) -> str:
    return f"ROW({', '.join(f'{table}.{name}' for name in _COLUMNS)})"


# One that is already so is not written again.
_FED = f"""
INSERT INTO order_document ({", ".join(_COLUMNS)})
SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[],
                     $7::text[])
ON CONFLICT (order_no) DO UPDATE
SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])}
WHERE {_row_of("order_document")} IS DISTINCT FROM {_row_of("excluded")}
"""


_ROWS = """
SELECT ordered.fields::text AS head, customer.fields->>'email' AS email,
       customer.fields->>'name' AS name,
       (SELECT coalesce(jsonb_agg(line.fields ORDER BY (line.fields->>'line_no')::int), '[]')
        FROM mirror line WHERE line.entity = 'line' AND NOT line.gone
          AND line.fields->>'order_id' = ordered.key)::text AS lines,
       ours.content AS ours
FROM mirror ordered
JOIN mirror customer ON customer.entity = 'customer' AND NOT customer.gone
     AND customer.key = ordered.fields->>'customer_id'
LEFT JOIN owned_order ours ON ours.placed AND ours.order_no = ordered.fields->>'order_no'
WHERE ordered.entity = 'order' AND ordered.key = ANY($1) AND NOT ordered.gone
"""


@dataclass(frozen=True, slots=True)
class Fed:
    """An order as the feed has it, with what is not shown of it."""

    order: Order
    order_id: int
    email: str
    name: str


def body(order: Order) -> str:
    """Ready to send."""
    return orjson.dumps(show(order)).decode()


async def write_own(
    pool: asyncpg.Pool, order: Order, email: str, micros: int, event: Sequence[str]
) -> None:
    """As a saga of ours left it, at this time or `FIRST`; shown until the feed is there. And the
    event's values, to be published with it."""
    await pool.execute(
        _FIRST_AND_PUBLISH if micros == FIRST else _OWN_AND_PUBLISH,
        order.order_no, email, order.po_number, order.saga_id, order.status,
        body(order), micros, *event,
    )  # fmt: skip


async def write_fed(connection: asyncpg.Connection, fed: Sequence[Fed]) -> None:
    """As the feed has them."""
    rows = [as_kept(each) for each in fed]
    await connection.execute(_FED, *([row[name] for row in rows] for name in _COLUMNS))


def as_kept(fed: Fed) -> dict[str, Any]:
    """The order's document as the table has it."""
    order = fed.order
    return {
        "order_no": order.order_no,
        "order_id": fed.order_id,
        "email": fed.email,
        "po_number": order.po_number,
        "saga_id": order.saga_id,
        "status": order.status,
        "body": body(order),
    }


async def documents(
    connection: asyncpg.Connection, order_ids: Iterable[int]
) -> dict[tuple[int, str], dict[str, Any]]:
    """What the table has from the feed, by id and number: an order may be there twice."""
    rows = await connection.fetch(
        f"SELECT {', '.join(_COLUMNS)} FROM order_document"
        " WHERE order_id = ANY($1::bigint[]) AND body IS NOT NULL",
        list(order_ids),
    )
    return {(row["order_id"], row["order_no"]): dict(row) for row in rows}


async def fed_orders(connection: asyncpg.Connection, order_ids: Iterable[int]) -> list[Fed]:
    """The orders with these ids in legacy, of the rows that the feed has sent."""
    rows = await connection.fetch(_ROWS, [str(each) for each in order_ids])
    return [
        Fed(
            _order(_head(row), orjson.loads(row["lines"])),
            orjson.loads(row["head"])["id"],
            row["email"],
            row["name"],
        )
        for row in rows
    ]


def _head(row: asyncpg.Record) -> dict[str, Any]:
    """The order's fields. One that was placed here bears no mark in legacy, so its saga is known
    here alone; and what looks like a mark is the customer's own text."""
    head: dict[str, Any] = orjson.loads(row["head"])
    if row["ours"] is None:
        return head
    ours = orjson.loads(row["ours"])
    return head | {"po_number": ours["po_number"], "saga_id": ours["saga_id"]}


def _order(head: dict[str, Any], lines: list[dict[str, Any]]) -> Order:
    return Order(
        order_no=head["order_no"],
        status=head["status"],
        total=head["total"],
        po_number=head["po_number"],
        pay_method=head["pay_method"],
        lines=tuple(
            Line(line["line_no"], line["sku"], line["name"], line["quantity"], line["price"])
            for line in lines
        ),
        ship={part: head[f"ship_{part}"] for part in SHIP_FIELDS},
        created=head["created"],
        updated=head["updated"],
        saga_id=head["saga_id"],
    )


async def remove_fed(connection: asyncpg.Connection, order_ids: Iterable[int]) -> None:
    """Orders that are gone from legacy; not those of ours that it has not been given yet."""
    await connection.execute(
        "DELETE FROM order_document WHERE order_id = ANY($1) AND body IS NOT NULL", list(order_ids)
    )


async def remove_misnamed(connection: asyncpg.Connection, order_ids: Iterable[int]) -> None:
    """Documents of these orders under another number than theirs."""
    await connection.execute(
        "DELETE FROM order_document kept USING mirror ordered WHERE kept.order_id = ANY($1)"
        " AND ordered.entity = 'order' AND ordered.key = kept.order_id::text AND NOT ordered.gone"
        " AND ordered.fields->>'order_no' <> kept.order_no",
        list(order_ids),
    )


async def named(
    connection: asyncpg.Pool, who: tuple[str, str], fingerprint: str, saga_id: str
) -> tuple[str, str]:
    """Name a request by (email, key); saga id and fingerprint of the first of that name."""
    email, key = who
    await connection.execute(
        "INSERT INTO request_key (email, key, fingerprint, saga_id) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT DO NOTHING",
        email, key, fingerprint, saga_id,
    )  # fmt: skip
    row = await connection.fetchrow(
        "SELECT saga_id, fingerprint FROM request_key WHERE email = $1 AND key = $2", email, key
    )
    return row["saga_id"], row["fingerprint"]
