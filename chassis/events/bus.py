"""The connection to NATS: survives its absence, and makes sure a stream exists."""

import asyncio
import logging
from typing import Any

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig, StreamConfig
from nats.js.errors import BadRequestError, BucketNotFoundError, NotFoundError
from nats.js.kv import KeyValue

from chassis.process.backoff import Backoff

log = logging.getLogger("bus")


class BusClient(Client):
    """A client whose requests can be cancelled at any moment."""

    async def request(self, *args: Any, **kwargs: Any) -> Msg:
        """See Client. Before Python 3.12 `asyncio.wait_for`, which it uses, loses a cancellation
        that comes together with the answer: then the task would run on for ever."""
        task = asyncio.current_task()
        before = task.cancelling() if task else 0
        answer = await super().request(*args, **kwargs)
        if task and task.cancelling() > before:
            raise asyncio.CancelledError
        return answer


# What a call on the bus raises while the server is away or starting.
BusErrors = (nats.errors.Error, OSError, asyncio.TimeoutError)


async def connect(url: str, name: str) -> Client:
    """A connection that reconnects for ever; waits as long as it takes for the first one."""

    async def report(error: Exception) -> None:
        log.warning("NATS: %s", error or type(error).__name__)

    backoff = Backoff()
    while True:
        try:
            client = BusClient()
            await client.connect(
                url,
                name=name,
                error_cb=report,
                connect_timeout=2,
                reconnect_time_wait=0.2,  # type: ignore[arg-type]  # a float will do
                max_reconnect_attempts=-1,
                ping_interval=5,
                max_outstanding_pings=2,
            )
            return client
        except BusErrors as error:
            log.warning("NATS is not there yet (%s)", error or type(error).__name__)
            await asyncio.sleep(backoff.next())


async def ensure_stream(jetstream: JetStreamContext, config: StreamConfig) -> None:
    """Create the stream unless it exists; an existing one keeps the operator's limits."""
    assert config.name is not None
    try:
        await jetstream.stream_info(config.name)
    except NotFoundError:
        await jetstream.add_stream(config)


async def ensure_bucket(jetstream: JetStreamContext, config: KeyValueConfig) -> KeyValue:
    """The key-value bucket, created when missing; two creators at once are no error."""
    try:
        return await jetstream.key_value(config.bucket)
    except (BucketNotFoundError, NotFoundError):
        pass
    try:
        return await jetstream.create_key_value(config)
    except BadRequestError:
        return await jetstream.key_value(config.bucket)
