"""What the feed had in NATS: its stream with all who read it, and what it was reading again."""

import asyncio

from nats.js.errors import APIError, NotFoundError

from contracts.subjects import LEGACY_STREAM
from fig.clients.deadletters import connected
from fig.errors import FigError
from fig.stack.engines.bus_rights import FEED_BUCKET

STREAMS = (LEGACY_STREAM, f"KV_{FEED_BUCKET}")
SECONDS = 5.0


def forget(url: str) -> list[str]:
    """Delete the streams of the feed, which has ended; the names of those that were there. Raises
    FigError."""
    return asyncio.run(_forget(url))


async def _forget(url: str) -> list[str]:
    found = []
    async with connected(url) as client:
        jetstream = client.jetstream(timeout=SECONDS)
        for name in STREAMS:
            try:
                await jetstream.delete_stream(name)
            except NotFoundError:
                continue  # by an earlier call
            except (APIError, TimeoutError) as error:
                raise FigError(
                    f"the bus does not delete {name}: {error}; then `fig farewell` goes on"
                ) from error
            found.append(name)
    return found
