"""The registry: an instance is in it while it is ready, and takes itself out on a clean exit."""

import asyncio
import contextlib
import logging

import orjson
from nats.aio.client import Client
from nats.js.api import KeyValueConfig
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue

from chassis.events.bus import BusErrors, ensure_bucket
from chassis.registry import discovery
from chassis.registry.discovery import Registration
from chassis.web.app import Readiness

log = logging.getLogger("registry")

PREFIX = f"$KV.{discovery.BUCKET}."  # of the subject under which an entry is written


async def open_registry(nats: Client) -> KeyValue:
    """The bucket; entries that are not renewed expire."""
    config = KeyValueConfig(discovery.BUCKET, ttl=discovery.EXPIRE_SECONDS)
    return await ensure_bucket(nats.jetstream(), config)


async def entries(nats: Client) -> dict[str, bytes]:
    """Key to value of all that has not expired. Raises what `BusErrors` names.

    The stream is asked for its subjects: `KeyValue.keys` makes a consumer each time, which the
    server then keeps for five minutes and asks about every entry that is renewed.
    """
    registry = await open_registry(nats)
    info = await nats.jetstream().stream_info(f"KV_{discovery.BUCKET}", subjects_filter=">")
    found: dict[str, bytes] = {}
    for subject in info.state.subjects or ():
        key = subject.removeprefix(PREFIX)
        with contextlib.suppress(KeyNotFoundError):  # deleted, or expired meanwhile
            found[key] = (await registry.get(key)).value or b""
    return found


async def _written(registry: KeyValue, key: str, value: bytes | None) -> None:
    if value is None:
        await registry.delete(key)
    else:
        await registry.put(key, value)


async def announce(nats: Client, registration: Registration, ready: Readiness) -> None:
    """Renew the entry every two seconds while ready; remove it when not, and when cancelled.

    Returns a moment after that: by then every caller knows that this instance leaves.
    """
    value = orjson.dumps(registration)
    announced = False
    registry: KeyValue | None = None
    try:
        while True:
            try:
                wanted = await ready() is None
                if wanted or announced:
                    registry = registry or await open_registry(nats)
                    await _written(registry, registration.key, value if wanted else None)
                announced = wanted
            except BusErrors as error:
                registry = None  # it may have to be made again
                # Readers of the registry keep the last known instances meanwhile.
                log.warning("not renewed: %s", error or type(error).__name__)
            await asyncio.sleep(discovery.RENEW_SECONDS if announced else 0.1)
    finally:
        if announced and nats.is_connected:
            async with asyncio.timeout(1):
                await (await open_registry(nats)).delete(registration.key)
            await asyncio.sleep(discovery.LEAVING_SECONDS)
