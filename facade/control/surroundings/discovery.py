"""Instances of services from the registry, written for the workers as `instances.json`.

The last known instances stay while the registry is away: an entry leaves the file only when the
registry says so (deleted or expired), and never because it did not answer.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from chassis.events import bus
from chassis.events.bus import BusErrors
from chassis.registry.instances import Reading, by_service, merged
from facade.runtime.instances import Instances, read_instances, write_instances

log = logging.getLogger("discovery")


async def discover(
    url: str,
    runtime: Path,
    on_change: Callable[[Instances], None],
    on_registered: Callable[[frozenset[str]], None] = lambda _services: None,
) -> None:
    """Follow the registry until cancelled; survives its absence.

    `on_registered` gets, after each look, the services that have an instance now.
    """
    known = read_instances(runtime)
    on_change(known)
    client = await bus.connect(url, "facade-control")
    reading = Reading(client)
    try:
        while True:
            try:
                registered = by_service((await reading.all()).values())
                found = merged(known, registered)
            except BusErrors as error:
                log.debug("the registry does not answer: %s", error or type(error).__name__)
            else:
                on_registered(frozenset(registered))
                if found != known:
                    log.info("instances: %s", found)
                    write_instances(runtime, found)
                    on_change(known := found)
            await reading.news()
    finally:
        await client.close()
