"""The statements."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from chassis.tracing.context import traceparent
from contracts.events.orders import OrderPlaced
from new_services.notifications.domain import Mail, Refund

_DUE = """
SELECT id, event_id, recipient, subject, body, attempts, trace FROM mail
WHERE sent IS NULL AND due <= clock_timestamp() ORDER BY due, id LIMIT 50
"""
_AMOUNT = """
INSERT INTO payment (id, {column}) VALUES ($1, $2)
ON CONFLICT (id) DO UPDATE SET {column} = $2, noted = clock_timestamp()
"""
_MAIL = """
INSERT INTO mail (event_id, recipient, subject, body, trace) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (event_id) DO NOTHING
"""
_PLACED = f"""
WITH mailed AS ({_MAIL})
INSERT INTO payment (id, order_no, email, name) VALUES ($6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET order_no = $7, email = $8, name = $9, noted = clock_timestamp()
RETURNING order_no, email, name, coalesce(captured, refunded) AS captured, refunded
"""
_LAST = """
SELECT id, event_id, recipient, subject, body, attempts, error, created, sent,
       sent IS NULL AND due = 'infinity' AS parked
FROM mail ORDER BY id DESC LIMIT $1
"""


async def add(connection: asyncpg.Connection, event_id: str, mail: Mail) -> None:
    """To be sent, in the transaction of the event."""
    await connection.execute(
        _MAIL,
        event_id,
        mail.recipient,
        mail.subject,
        mail.body,
        traceparent(),
    )


async def placed(
    connection: asyncpg.Connection, event_id: str, mail: Mail, event: OrderPlaced
) -> Refund | None:
    """Its mail, to be sent; and whose payment it is, and what for. What was given back of it
    before, where something was."""
    rows = await connection.fetch(
        _PLACED, event_id, mail.recipient, mail.subject, mail.body, traceparent(),
        event.saga_id, event.order_no, event.email, event.name,
    )  # fmt: skip
    return next((Refund(**row) for row in rows if row["refunded"] is not None), None)


async def captured(connection: asyncpg.Connection, payment_id: str, amount: str) -> None:
    """So much was taken."""
    await connection.execute(_AMOUNT.format(column="captured"), payment_id, amount)


async def refunded(connection: asyncpg.Connection, payment_id: str, amount: str) -> None:
    """So much was given back."""
    await connection.execute(_AMOUNT.format(column="refunded"), payment_id, amount)


async def refund(connection: asyncpg.Connection, payment_id: str) -> Sequence[Refund]:
    """What was given back, where it is known to whom; none or one."""
    rows = await connection.fetch(
        "SELECT order_no, email, name, coalesce(captured, refunded) AS captured, refunded"
        " FROM payment WHERE id = $1 AND email IS NOT NULL AND refunded IS NOT NULL",
        payment_id,
    )
    return [Refund(**row) for row in rows]


async def due(connection: asyncpg.Connection) -> list[asyncpg.Record]:
    """What is to be sent now."""
    rows: list[asyncpg.Record] = await connection.fetch(_DUE)
    return rows


async def sent(connection: asyncpg.Connection, mail_ids: Sequence[int]) -> None:
    """They were handed over."""
    await connection.execute(
        "UPDATE mail SET sent = clock_timestamp(), attempts = attempts + 1, error = ''"
        " WHERE id = ANY($1)",
        mail_ids,
    )


async def failed(
    connection: asyncpg.Connection, mail_id: int, error: str, pause: float | None
) -> None:
    """It was refused; again after `pause` seconds, or when a person says so."""
    await connection.execute(
        "UPDATE mail SET attempts = attempts + 1, error = $2, due ="
        " coalesce(clock_timestamp() + make_interval(secs => $3), 'infinity') WHERE id = $1",
        mail_id,
        error,
        pause,
    )


async def last(pool: asyncpg.Pool, count: int) -> list[dict[str, Any]]:
    """The newest mails."""
    return [dict(row) for row in await pool.fetch(_LAST, count)]


async def again(pool: asyncpg.Pool, mail_id: int) -> bool:
    """A person has seen to it: it is due now. False where there is no such mail to be sent."""
    done = await pool.execute(
        "UPDATE mail SET attempts = 0, due = clock_timestamp() WHERE id = $1 AND sent IS NULL",
        mail_id,
    )
    return bool(done != "UPDATE 0")


async def pending(connection: asyncpg.Connection) -> tuple[int, float, int]:
    """How many will be sent, the age of the oldest in seconds, and how many wait for a person."""
    row = await connection.fetchrow(
        "SELECT count(*) FILTER (WHERE due < 'infinity'),"
        " coalesce(extract(epoch FROM clock_timestamp()"
        "   - min(created) FILTER (WHERE due < 'infinity')), 0)::float8,"
        " count(*) FILTER (WHERE due = 'infinity')"
        " FROM mail WHERE sent IS NULL"
    )
    return row[0], row[1], row[2]
