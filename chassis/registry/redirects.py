"""Redirect requests for the monolith to another address, by a lease of a few seconds.

`<runtime>/lent/redirects.json` says `{"until": 1790000000.5, "addresses": {"legacy": ["http://…"]}}`.
The process that takes an upstream's place (the sidecar) renews the lease. When the lease runs out,
for whatever reason, requests go to the upstream's own addresses again. The facade's workers
read the file (`facade.runtime.redirects`), and so does each service that calls legacy (`Lent`).
"""

import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from chassis.process.files import write_whole

log = logging.getLogger("redirects")

REDIRECTS: Final = "lent/redirects.json"  # a folder of its own, which containers may share
LEASE_SECONDS: Final = 3.0
LEGACY: Final = "legacy"

Addresses = Mapping[str, list[str]]  # by upstream
Address = tuple[str, int]  # host and port


class BadRedirects(ValueError):
    """A file that cannot be used."""


def parse(data: bytes) -> tuple[float, dict[str, list[str]]]:
    """Until when (unix seconds), and the addresses. Raises BadRedirects."""
    try:
        found = json.loads(data)
        until = float(found["until"])
        addresses = {str(name): _urls(urls) for name, urls in found["addresses"].items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadRedirects(f"expected until and addresses: {error}") from None
    return until, addresses


def _urls(given: object) -> list[str]:
    if not isinstance(given, list) or not given:
        raise ValueError(f"expected a list of addresses, not {given!r}")
    for url in given:
        if not isinstance(url, str) or urlsplit(url).scheme != "http" or not urlsplit(url).hostname:
            raise ValueError(f"expected http://HOST:PORT, not {url!r}")
    return [*given]


class Lent:
    """A caller's end: the address that has legacy's place just now.

    A call costs one look at the file's status; the file is read only when it is another one.
    `clock` gives unix seconds.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path, self._clock = path, clock
        self._seen: tuple[int, int] | None = None  # inode, time of change
        self._until = 0.0
        self._address: Address | None = None

    def __call__(self) -> Address | None:
        """Host and port; None while legacy is called at its own address."""
        try:
            status = os.stat(self._path)  # noqa: PTH116 - half the cost of Path.stat
        except OSError:
            return None
        seen = (status.st_ino, status.st_mtime_ns)
        if seen != self._seen:
            self._seen = seen
            self._read()
        return self._address if self._clock() < self._until else None

    def _read(self) -> None:
        self._until, self._address = 0.0, None
        try:
            until, addresses = parse(self._path.read_bytes())
        except (OSError, BadRedirects) as error:
            log.error("%s: %s", self._path, error)
            return
        if LEGACY in addresses:
            parts = urlsplit(addresses[LEGACY][0])
            self._until, self._address = until, (parts.hostname or "", parts.port or 80)


def grant(runtime: Path, addresses: Addresses, now: float) -> None:
    """Send the traffic of these upstreams elsewhere, from now (unix seconds) for LEASE_SECONDS."""
    lease = {"until": now + LEASE_SECONDS, "addresses": dict(addresses)}
    (runtime / REDIRECTS).parent.mkdir(exist_ok=True)
    write_whole(runtime / REDIRECTS, json.dumps(lease))


def revoke(runtime: Path) -> None:
    """Lend nothing. Written and not removed: a file that is away for a moment changes nothing."""
    if (runtime / REDIRECTS).exists():
        write_whole(runtime / REDIRECTS, json.dumps({"until": 0, "addresses": {}}))
