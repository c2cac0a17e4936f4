"""The statements."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from new_services.notifications.domain import Mail

_DUE = """
SELECT id, event_id, recipient, subject, body, attempts FROM mail
WHERE sent IS NULL AND due <= clock_timestamp() ORDER BY due, id LIMIT 50
"""
_LAST = """
SELECT event_id, recipient, subject, body, attempts, error, created, sent
FROM mail ORDER BY id DESC LIMIT $1
"""


async def add(connection: asyncpg.Connection, event_id: str, mail: Mail) -> None:
    """To be sent, in the transaction of the event."""
    await connection.execute(
        "INSERT INTO mail (event_id, recipient, subject, body) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (event_id) DO NOTHING",
        event_id,
        mail.recipient,
        mail.subject,
        mail.body,
    )


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


async def failed(connection: asyncpg.Connection, mail_id: int, error: str, pause: float) -> None:
    """It was not; again after `pause` seconds."""
    await connection.execute(
        "UPDATE mail SET attempts = attempts + 1, error = $2,"
        " due = clock_timestamp() + make_interval(secs => $3) WHERE id = $1",
        mail_id,
        error,
        pause,
    )


async def last(pool: asyncpg.Pool, count: int) -> list[dict[str, Any]]:
    """The newest mails."""
    return [dict(row) for row in await pool.fetch(_LAST, count)]


async def pending(connection: asyncpg.Connection) -> tuple[int, float]:
    """How many are not sent, and the age of the oldest in seconds."""
    row = await connection.fetchrow(
        "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(created)), 0)::float8"
        " FROM mail WHERE sent IS NULL"
    )
    return row[0], row[1]
