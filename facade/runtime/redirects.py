"""What a worker does with a lease on an upstream's place: see `chassis.registry.redirects`."""

import logging
from collections.abc import Callable

from chassis.registry.redirects import REDIRECTS, Addresses, BadRedirects, parse

log = logging.getLogger("facade.runtime.redirects")


class Redirects:
    """A worker's end: hands over what is lent just now, and takes it back in time."""

    def __init__(self, use: Callable[[Addresses], None], clock: Callable[[], float]) -> None:
        """`clock` gives unix seconds; `use` gets the addresses that count, or none."""
        self._use, self._clock = use, clock
        self._until = 0.0
        self._lent: Addresses = {}

    def take(self, data: bytes) -> None:
        """The file has these bytes now; a file that cannot be read redirects nothing."""
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
