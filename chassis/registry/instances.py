"""Instances of services, as the registry has them: for the facade's control process, and for
services that call each other.

The last known instances stay while the registry is away: an entry is forgotten only when the
registry says so (deleted or expired), and never because no instance answered.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Iterable, Mapping, Sequence

from nats.aio.client import Client
from nats.aio.msg import Msg

from chassis.events.bus import BusErrors
from chassis.registry import announcing as registry

log = logging.getLogger("instances")

EVERY_SECONDS = 2.0
GATHER_SECONDS = 0.05  # services that start together are read together


def by_service(entries: Iterable[bytes]) -> dict[str, list[str]]:
    """The URLs of each service, in a stable order; entries that make no sense are left out."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        try:
            value = json.loads(entry)
            service, url = str(value["service"]), str(value["url"])
        except (ValueError, KeyError, TypeError):
            continue
        found.setdefault(service, []).append(url)
    return {service: sorted(set(urls)) for service, urls in sorted(found.items())}


def merged(
    known: Mapping[str, list[str]], registered: Mapping[str, list[str]]
) -> dict[str, list[str]]:
    """What is kept: a service whose last instance is gone keeps it, because a caller that has
    nobody to ask can only fail, while a dead address costs one refused connection."""
    return {**known, **{service: urls for service, urls in registered.items() if urls}}


class Reading:
    """The whole registry, read again when something is new in it.

    Renewals, which are most of what is written, change nothing. That an entry has expired is told
    by nobody, so all is read from time to time as well.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._entries: dict[str, bytes] = {}  # by key, as last read
        self._new = asyncio.Event()
        self._listening = False

    async def all(self) -> dict[str, bytes]:
        """Key to value of all that has not expired. Raises what `BusErrors` names."""
        self._new.clear()
        if not self._listening:
            await self._client.subscribe(f"{registry.PREFIX}>", cb=self._heard)
            self._listening = True
        self._entries = await registry.entries(self._client)
        return self._entries

    async def news(self) -> None:
        """Until something is new, or it is time to look."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(EVERY_SECONDS):
                await self._new.wait()
        await asyncio.sleep(GATHER_SECONDS)

    async def _heard(self, message: Msg) -> None:
        key = message.subject.removeprefix(registry.PREFIX)
        if message.data != self._entries.get(key, b""):
            self._new.set()


class Directory:
    """Where the services are that this one calls. `fixed` addresses are asked for no registry."""

    def __init__(self, nats: Client, fixed: Mapping[str, Sequence[str]]) -> None:
        self._nats = nats
        self._fixed = {service: list(urls) for service, urls in fixed.items() if urls}
        self._known: dict[str, list[str]] = {}

    def urls(self, service: str) -> Sequence[str]:
        """Of its instances, in a stable order; none before the registry was read."""
        return self._fixed.get(service) or self._known.get(service, [])

    async def run(self) -> None:
        """Follow the registry for ever; survives its absence."""
        reading = Reading(self._nats)
        while True:
            try:
                found = merged(self._known, by_service((await reading.all()).values()))
            except BusErrors as error:
                log.debug("the registry does not answer: %s", error or type(error).__name__)
            else:
                if found != self._known:
                    log.info("instances: %s", found)
                self._known = found
            await reading.news()
