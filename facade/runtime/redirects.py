"""Lend an upstream's place to another address, a few seconds at a time.

`<runtime>/redirects.json` says `{"until": 1790000000.5, "addresses": {"legacy": ["http://…"]}}`.
Who takes an upstream's place (the sidecar) renews the lease while it is well. When the lease runs
out, for whatever reason, requests go to the upstream's own addresses again.
"""

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from chassis.process.files import write_whole

log = logging.getLogger("facade.runtime.redirects")

REDIRECTS: Final = "redirects.json"
LEASE_SECONDS: Final = 3.0

Addresses = Mapping[str, list[str]]  # by upstream


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


class Redirects:
    """A worker's end: hands over what is lent just now, and takes it back in time."""

    def __init__(self, use: Callable[[Addresses], None], clock: Callable[[], float]) -> None:
        """`clock` gives unix seconds; `use` gets the addresses that count, or none."""
        self._use, self._clock = use, clock
        self._until = 0.0
        self._lent: Addresses = {}

    def take(self, data: bytes) -> None:
        """The file has these bytes now; one that cannot be used lends nothing."""
        try:
            self._until, addresses = parse(data)
        except BadRedirects as error:
            log.error("%s: %s", REDIRECTS, error)
            self._until, addresses = 0.0, {}
        self._lend(addresses if self._until > self._clock() else {})

    def tick(self) -> None:
        """Take back what has run out."""
        if self._lent and self._clock() >= self._until:
            log.warning("the lease of %s ran out", ", ".join(self._lent))
            self._lend({})

    def _lend(self, addresses: Addresses) -> None:
        if addresses != self._lent:
            self._lent = addresses
            self._use(addresses)


def grant(runtime: Path, addresses: Addresses, now: float) -> None:
    """Send the traffic of these upstreams elsewhere, from now (unix seconds) for LEASE_SECONDS."""
    lease = {"until": now + LEASE_SECONDS, "addresses": dict(addresses)}
    write_whole(runtime / REDIRECTS, json.dumps(lease))


def revoke(runtime: Path) -> None:
    """Lend nothing. Written and not removed: a file that is away for a moment changes nothing."""
    if (runtime / REDIRECTS).exists():
        write_whole(runtime / REDIRECTS, json.dumps({"until": 0, "addresses": {}}))
