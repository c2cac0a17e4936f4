"""What a projection of the legacy feed does that came too late for what the stream still holds."""

from collections.abc import Awaitable, Callable, Iterable

import asyncpg
import orjson
from nats.aio.client import Client

from contracts.subjects import (
    FENCE_SUBJECT,
    LEGACY_STREAM,
    RESNAPSHOT_SUBJECT,
    WATERMARK_SUBJECT,
)

REQUEST_SECONDS = 5.0

Forget = Callable[[asyncpg.Connection], Awaitable[None]]


class FeedRefused(RuntimeError):
    """The feed does not know a table that a projection needs; says which."""


def read_again(nats: Client, subjects: Iterable[str], forget: Forget) -> Forget:
    """For Follower(missed=…): mark every table as incomplete, and have the tables read again.

    Raises what the bus raises while no feed answers; then nothing is marked.
    """
    tables = [
        subject.removeprefix("legacy.")
        for subject in subjects
        if subject not in (WATERMARK_SUBJECT, FENCE_SUBJECT) and not subject.endswith(".shape")
    ]

    async def missed(connection: asyncpg.Connection) -> None:
        await forget(connection)
        for table in tables:
            body = orjson.dumps({"table": table, "from": None, "to": None})
            message = await nats.request(RESNAPSHOT_SUBJECT, body, timeout=REQUEST_SECONDS)
            answer = orjson.loads(message.data)
            if "error" in answer:
                raise FeedRefused(f"{LEGACY_STREAM}: {answer['error']}")

    return missed
