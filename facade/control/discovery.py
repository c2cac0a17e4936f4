"""Instances of services from the registry, written for the workers as `instances.json`.

The last known instances stay while the registry is away: an entry leaves the file only when the
registry says so (deleted or expired), and never because nobody answered.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

import nats
from nats.aio.client import Client

from chassis import bus
from chassis.bus import BusErrors
from chassis.registry import open_registry
from facade.control.instances import Instances, read_instances, write_instances

log = logging.getLogger("discovery")

EVERY_SECONDS = 0.5


def by_service(entries: Iterable[bytes]) -> Instances:
    """The URLs of each service, in a stable order; entries that make no sense are left out."""
    found: Instances = {}
    for entry in entries:
        try:
            value = json.loads(entry)
            service, url = str(value["service"]), str(value["url"])
        except (ValueError, KeyError, TypeError):
            continue
        found.setdefault(service, []).append(url)
    return {service: sorted(set(urls)) for service, urls in sorted(found.items())}


def merged(known: Instances, registered: Instances) -> Instances:
    """What is written: a service whose last instance is gone keeps it, because a worker that has
    nobody to ask can only fail, while a dead address costs one refused connection."""
    return {**known, **{service: urls for service, urls in registered.items() if urls}}


async def discover(url: str, runtime: Path, on_change: Callable[[Instances], None]) -> None:
    """Follow the registry until cancelled; survives its absence."""
    known = read_instances(runtime)
    on_change(known)
    client = await bus.connect(url, "facade-control")
    try:
        while True:
            try:
                found = merged(known, await _registered(client))
            except BusErrors as error:
                log.debug("the registry does not answer: %s", error or type(error).__name__)
            else:
                if found != known:
                    log.info("instances: %s", found)
                    write_instances(runtime, found)
                    on_change(known := found)
            await asyncio.sleep(EVERY_SECONDS)
    finally:
        await client.close()


async def _registered(client: Client) -> Instances:
    registry = await open_registry(client)
    try:
        keys = await registry.keys()
    except nats.js.errors.NoKeysError:
        return {}
    entries: list[bytes] = []
    for key in keys:
        try:
            value = (await registry.get(key)).value
        except nats.js.errors.KeyNotFoundError:
            continue
        if value:
            entries.append(value)
    return by_service(entries)
