"""Calls to another service of ours, of which there may be several instances.

Each instance has a breaker of its own. An instance that certainly got nothing (the connection was
refused, its breaker is open, too many calls of ours were under way to it) is skipped for the next
one, whatever the method; an instance that was asked and did not answer is not.
"""

import contextlib
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from chassis.breaker.circuit import BreakerSettings
from chassis.breaker.guard import Guard, Held
from chassis.web.client import Answer, HttpClient, NoAnswer, NotConnected, NotSent, NoTurn, Request

CALLS = BreakerSettings(slow_call=2.5, minimum_calls=6, open_for=1.0, probes=2, ramp=2.0)


class NobodyThere(NotConnected):
    """No instance can be asked just now."""


@dataclass(frozen=True, slots=True)
class _Instance:
    client: HttpClient
    guard: Guard

    async def send(self, request: Request, failed: Callable[[Answer], bool]) -> Answer:
        async with self.client.turn():
            return await self.guard.call(lambda: self.client.exchange(request), failed)


@dataclass(slots=True)
class ServiceClient:
    """One service; `urls` gives the addresses of its instances now."""

    name: str
    urls: Callable[[], Sequence[str]]
    settings: BreakerSettings = CALLS
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    connect: Callable[[str], HttpClient] = HttpClient
    _instances: dict[str, _Instance] = field(default_factory=dict)
    _turn: int = 0

    async def send(self, request: Request, failed: Callable[[Answer], bool]) -> Answer:
        """One exchange with one of them. Raises NotSent, NoAnswer, Held.

        `failed` says which answers are the service's failures.
        """
        urls = list(self.urls())
        await self._forget_all_but(urls)
        last: ConnectionError = NobodyThere(f"no instance of {self.name} is known")
        self._turn += 1
        for number in range(len(urls)):
            instance = self._instance(urls[(self._turn + number) % len(urls)])
            try:
                return await instance.send(request, failed)
            except (NotConnected, NoTurn, Held) as error:
                last = error
        raise last

    def held(self) -> bool:
        """Whether no instance lets a call through just now."""
        known = [self._instances[url] for url in self.urls() if url in self._instances]
        return bool(known) and all(each.guard.is_open for each in known)

    def facts(self) -> Mapping[str, Mapping[str, str | float | None]]:
        """The states of the breakers, by address."""
        return {url: each.guard.facts() for url, each in self._instances.items()}

    async def close(self) -> None:
        """Hang up all idle connections."""
        await self._forget_all_but(())

    def _instance(self, url: str) -> _Instance:
        known = self._instances.get(url)
        if known is None:
            name, failures = f"{self.name} at {url}", (NotSent, NoAnswer)
            guard = Guard(name, self.settings, failures, self.clock, self.chance)
            known = self._instances[url] = _Instance(self.connect(url), guard)
        return known

    async def _forget_all_but(self, urls: Sequence[str]) -> None:
        for url in [url for url in self._instances if url not in urls]:
            with contextlib.suppress(OSError):
                await self._instances.pop(url).client.close()
