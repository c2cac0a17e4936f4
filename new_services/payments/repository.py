"""The statements. Each works in the caller's transaction, if there is one."""

from collections.abc import Sequence

import asyncpg

from chassis.database import SOON
from chassis.events import outbox
from new_services.payments.domain import Payment, Status

_LOOK = "SELECT id, method, amount, status, reason, order_no FROM payment WHERE id = $1"
_MOVE = """
UPDATE payment SET amount = $3, status = $4, reason = $5, order_no = $6,
    updated = clock_timestamp()
WHERE id = $1 AND status = ANY($2) RETURNING id
"""
_MOVE_AND_PUBLISH = f"WITH moved AS ({_MOVE}), {outbox.clause(7, 'moved')} SELECT id FROM moved"


async def look(connection: asyncpg.Connection | asyncpg.Pool, payment_id: str) -> Payment | None:
    """The payment as it is just now."""
    return _payment(await connection.fetchrow(_LOOK, payment_id))


async def find(connection: asyncpg.Connection, payment_id: str) -> Payment | None:
    """The payment, locked until the end of the transaction."""
    return _payment(await connection.fetchrow(f"{_LOOK} FOR UPDATE", payment_id))


def _payment(row: asyncpg.Record | None) -> Payment | None:
    if row is None:
        return None
    payment_id, method, amount, status, reason, order_no = row
    return Payment(payment_id, method, amount, Status(status), reason, order_no)


async def move(
    pool: asyncpg.Pool, payment: Payment, before: Sequence[Status], event: Sequence[str] = ()
) -> bool:
    """Store it, and the event's values with it, unless its status is none of those `before`."""
    statement = _MOVE_AND_PUBLISH if event else _MOVE
    values = (payment.amount, payment.status, payment.reason, payment.order_no)
    return await pool.fetchval(statement, payment.id, before, *values, *event) is not None


async def begin(pool: asyncpg.Pool, payment: Payment) -> bool:
    """Store a new payment; False where there is one of that id already.

    It need not have reached the disk before the provider is asked: should the server crash, the
    caller asks again with the same key, and what came of it is stored for good.
    """
    made = await pool.fetchval(
        f"WITH {SOON} INSERT INTO payment (id, method, amount, status)"
        " SELECT $1, $2, $3::numeric, $4 FROM soon"
        " ON CONFLICT (id) DO NOTHING RETURNING id",
        payment.id,
        payment.method,
        payment.amount,
        payment.status,
    )
    return made is not None


async def save(connection: asyncpg.Connection, payment: Payment) -> None:
    """As it is now."""
    await connection.execute(
        "INSERT INTO payment (id, method, amount, status, reason) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (id) DO UPDATE SET method = $2, amount = $3, status = $4, reason = $5,"
        " updated = clock_timestamp()",
        payment.id,
        payment.method,
        payment.amount,
        payment.status,
        payment.reason,
    )


async def totals(connection: asyncpg.Connection) -> dict[str, tuple[int, str]]:
    """Status to how many payments there are in it, and their sum."""
    rows = await connection.fetch(
        "SELECT status, count(*) AS n, sum(amount) AS total FROM payment GROUP BY status"
    )
    return {row["status"]: (row["n"], f"{row['total']:.2f}") for row in rows}
