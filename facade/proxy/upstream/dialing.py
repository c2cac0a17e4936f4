"""Open connections: the one place where the data plane dials out."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from facade.routes.config.addressfile import Tls

Done = Callable[[BaseException | None], None]


@dataclass(frozen=True, slots=True)
class Address:
    """Where to connect to: a host and port, with or without TLS, or a socket's path."""

    host: str
    port: int
    tls: Tls | None = None
    path: str = ""


def address_of(url: str, tls: Tls) -> Address:
    """The address that `http://…`, `https://…` or `unix:/…` names; `tls` is for https."""
    if url.startswith("unix:"):
        return Address("localhost", 80, path=url.removeprefix("unix:"))
    parts = urlsplit(url)
    if parts.scheme == "https":
        return Address(parts.hostname or "", parts.port or 443, tls)
    return Address(parts.hostname or "", parts.port or 80)


class Dial(Protocol):
    """Opens a connection for a protocol; says once how that went."""

    def __call__(
        self, protocol: asyncio.Protocol, address: Address, seconds: float, done: Done
    ) -> None:
        """Call `done(None)` after `connection_made`, or `done(error)`, within `seconds`."""


class Dialer:
    """Dials on the running event loop."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[None]] = set()
        self._contexts: dict[Tls, ssl.SSLContext] = {}

    def __call__(
        self, protocol: asyncio.Protocol, address: Address, seconds: float, done: Done
    ) -> None:
        dialing = self._dial(protocol, address, seconds, done)
        task = asyncio.get_running_loop().create_task(dialing)
        self._under_way.add(task)  # the loop itself holds tasks weakly
        task.add_done_callback(self._under_way.discard)

    async def _dial(
        self, protocol: asyncio.Protocol, address: Address, seconds: float, done: Done
    ) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds):
                if address.path:
                    await loop.create_unix_connection(lambda: protocol, address.path)
                else:
                    secure = self._context(address.tls) if address.tls is not None else None
                    await loop.create_connection(
                        lambda: protocol, address.host, address.port, ssl=secure
                    )
        except (Exception, asyncio.CancelledError) as error:
            done(error)
            return
        done(None)

    def _context(self, tls: Tls) -> ssl.SSLContext:
        """Made once for all connections with these options. Raises OSError for a bad `ca`."""
        context = self._contexts.get(tls)
        if context is None:
            context = ssl.create_default_context(cafile=tls.ca)
            context.set_alpn_protocols(["http/1.1"])
            if not tls.verify:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            self._contexts[tls] = context
        return context
