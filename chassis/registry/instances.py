"""Instances of services, as the registry has them: for the facade's control process, and for
services that call each other.

The last known instances stay while the registry is away: an entry is removed only when the
registry says so (deleted or expired), and never because no instance answered.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from nats.aio.client import Client
from nats.aio.msg import Msg

from chassis.events.bus import BusErrors
from chassis.process.pace import came
from chassis.registry import announcing as registry
from chassis.registry.discovery import RENEW_SECONDS

log = logging.getLogger("instances")

EVERY_SECONDS = 2.0
# An entry that was not renewed for so long may expire: then all is read every EVERY_SECONDS.
SILENT_SECONDS = 2.5 * RENEW_SECONDS
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
    """The instances to use. A service whose last instance is gone keeps its address: a caller
    without an address can only fail, while a dead address costs one refused connection."""
    return {**known, **{service: urls for service, urls in registered.items() if urls}}


class Reading:
    """The whole registry, read again when something is new in it.

    Most writes are renewals and change nothing. No message says that an entry has expired, so all
    is read again while an entry is not renewed.
    """

    def __init__(self, client: Client, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._entries: dict[str, bytes] = {}  # by key, as last read
        self._renewed: dict[str, float] = {}  # by key, when it was written or first read
        self._whole = False  # the last reading did not fail
        self._new = asyncio.Event()
        self._listening = False

    async def all(self) -> dict[str, bytes]:
        """Key to value of all that has not expired. Raises what `BusErrors` names."""
        self._new.clear()
        self._whole = False
        if not self._listening:
            await self._client.subscribe(f"{registry.PREFIX}>", cb=self._heard)
            self._listening = True
        self._entries = await registry.entries(self._client)
        now = self._clock()
        self._renewed = {key: self._renewed.get(key, now) for key in self._entries}
        self._whole = True
        return self._entries

    @property
    def _silent(self) -> bool:
        """Whether all is to be read: some entry may have expired, or nothing is known for sure."""
        oldest = min(self._renewed.values(), default=0.0)
        return not self._whole or not self._renewed or self._clock() - oldest > SILENT_SECONDS

    async def news(self) -> None:
        """Until something is new, or it is time to look."""
        while not self._new.is_set():
            await came(self._new, EVERY_SECONDS)
            if self._silent:
                break
        await asyncio.sleep(GATHER_SECONDS)

    async def _heard(self, message: Msg) -> None:
        key = message.subject.removeprefix(registry.PREFIX)
        if message.data != self._entries.get(key, b""):
            self._new.set()
        elif key in self._renewed:
            self._renewed[key] = self._clock()


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
