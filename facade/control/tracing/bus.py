"""The services' spans, from the bus: heard while we run, and not kept there."""

import asyncio
import logging

import orjson
from nats.aio.msg import Msg

from chassis.events import bus
from chassis.tracing.span import SUBJECT
from facade.control.tracing.intake import Traces

log = logging.getLogger("tracing")


async def hear(url: str, traces: Traces) -> None:
    """Until cancelled; survives the bus's absence."""
    client = await bus.connect(url, "facade-traces")

    async def take(message: Msg) -> None:
        try:
            traces.batch(orjson.loads(message.data))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            log.warning("no batch of spans on %s: %r", message.subject, error)

    try:
        await client.subscribe(f"{SUBJECT}.*", cb=take)
        await asyncio.Event().wait()
    finally:
        await client.close()
