"""Asks the addresses of issuers for their public keys, and publishes them for the workers.

    address ─ every `refresh`, and when a worker met a key it does not know ─▶ issuers.json

An address that does not answer, or with something else, leaves what it said last. What was
published survives a restart of this process.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx2
import orjson

from chassis.process.files import read_object, write_whole
from facade.control.surroundings.tables import Tables
from facade.control.trust import authorities
from facade.machines.keyset import LARGEST, BadKeySet, read_set
from facade.machines.known import FETCHED, is_address
from facade.routes.config.machinefile import IssuerConfig

log = logging.getLogger("issuers")

LOOK_SECONDS = 0.5
TIMEOUT_SECONDS = 5.0
SOONEST_SECONDS = 10.0  # between two questions to one address, whatever tokens come
RETRY_SECONDS = 2.0  # after the first failure, then twice as long, up to `refresh`

# Of each issuer's name, how many tokens came that were signed by a key which is not known.
Unknown = Callable[[], Mapping[str, int]]


class _Asked:
    """One address."""

    def __init__(self) -> None:
        self.due = 0.0  # monotonic seconds
        self.asked = float("-inf")
        self.failures = 0
        self.unknown = 0
        self.error = ""


class Issuers:
    """The issuers of the table in force whose keys lie at an address."""

    def __init__(
        self,
        tables: Tables,
        runtime: Path,
        unknown: Unknown,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._tables = tables
        self._path = runtime / FETCHED
        self._unknown = unknown
        self._clock = clock
        self._client = httpx2.AsyncClient(
            verify=authorities(),
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
            follow_redirects=False,
            transport=transport,
        )
        self._published: dict[str, Any] = read_object(self._path) or {}
        self._asked: dict[tuple[str, str], _Asked] = {}  # by name and address

    async def run(self) -> None:
        """For as long as the process runs."""
        try:
            while True:
                await self.look()
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            await self._client.aclose()

    async def look(self) -> None:
        """Ask the addresses that are due, all at once."""
        table = self._tables.table
        configs = {} if table is None else table.file.machines.issuers
        wanted = {name: one for name, one in configs.items() if is_address(one.jwks)}
        unknown, now = self._unknown(), self._clock()
        self._asked = {
            (name, one.jwks): self._asked.get((name, one.jwks)) or _Asked()
            for name, one in wanted.items()
        }
        due = []
        for name, one in wanted.items():
            asked = self._asked[name, one.jwks]
            met = unknown.get(name, 0)
            missing = met > asked.unknown and now >= asked.asked + SOONEST_SECONDS
            if missing or met < asked.unknown:  # less: other workers count now
                asked.unknown = met
            if now >= asked.due or missing:
                due.append(self._ask(one, asked, now))
        await asyncio.gather(*due)

    def errors(self) -> dict[str, str]:
        """What went wrong at the last question, by the issuer's name."""
        return {name: one.error for (name, _), one in self._asked.items() if one.error}

    async def _ask(self, config: IssuerConfig, asked: _Asked, now: float) -> None:
        asked.asked = now
        try:
            keys = await self._fetch(config.jwks)
            read_set(keys)
        except (httpx2.HTTPError, BadKeySet, OSError, ValueError) as error:
            asked.failures += 1
            pause = RETRY_SECONDS * 2.0 ** min(asked.failures - 1, 20)
            asked.due = now + min(pause, config.refresh)
            said = f"{config.jwks}: {error or type(error).__name__}"
            if said != asked.error:
                log.error("the keys of issuer %s stay as they were: %s", config.name, said)
            asked.error = said
            return
        asked.failures, asked.error = 0, ""
        asked.due = now + config.refresh
        self._publish(config, orjson.loads(keys))

    async def _fetch(self, address: str) -> bytes:
        headers = {"Accept": "application/jwk-set+json, application/json"}
        async with self._client.stream("GET", address, headers=headers) as answer:
            if answer.status_code != 200:
                raise BadKeySet(f"answered {answer.status_code}")
            data = b""
            async for piece in answer.aiter_bytes():
                data += piece
                if len(data) > LARGEST:
                    raise BadKeySet(f"more than {LARGEST} bytes")
            return data

    def _publish(self, config: IssuerConfig, keys: Any) -> None:
        """Write it for the workers where it is new."""
        entry = {"jwks": config.jwks, "set": keys}
        if self._published.get(config.name) == entry and self._path.exists():
            return
        published = {**self._published, config.name: entry}
        with contextlib.suppress(OSError):  # the next question tries again
            write_whole(self._path, orjson.dumps(published))
            self._published = published
