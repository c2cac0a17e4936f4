"""The open connections of clients: how many from which address, and how they are drained."""

import asyncio
import json
import logging
from functools import partial
from typing import Final, Protocol

from facade.http1.requests import RequestHead
from facade.proxy.counting.metrics import ClientCounts
from facade.proxy.request import ClientFacts
from facade.proxy.state import Current

log = logging.getLogger("facade.proxy.downstream.clients")

MOST_WARNED: Final = 100  # addresses of which a worker warns in its life


class Draining(Protocol):
    """A client's connection."""

    transport: asyncio.Transport

    def drain(self) -> None:
        """Close, unless a request is under way: then after it."""


class Clients:
    """Every open connection of a client."""

    def __init__(self, counts: ClientCounts, current: Current) -> None:
        self.open: set[Draining] = set()
        self.came = asyncio.Event()  # a connection was added; the waiting task clears it
        self._counts = counts
        self._current = current
        self._by_address: dict[str, int] = {}
        self._warned: set[str] = set()

    def add(self, client: Draining) -> ClientFacts | None:
        """Add a connection: the facts about its client; None when there are too many."""
        self.open.add(client)
        self.came.set()
        counts, current = self._counts, self._current
        counts.connections += 1
        address = _address(client)
        held = self._by_address[address] = self._by_address.get(address, 0) + 1
        limits = current.table.routes.options.limits
        if counts.connections > limits.connections or held > limits.connections_per_client:
            counts.refused += 1
            return None
        via = current.table.routes.options.via
        secure = client.transport.get_extra_info("ssl_object") is not None
        proto = b"https" if secure else b"http"
        said = partial(self._not_believed, proto)
        return ClientFacts(address, current.trust, via, said, proto=proto)

    def _not_believed(self, proto: bytes, address: str, request: RequestHead) -> None:
        """Warn once per address that its X-Forwarded-* headers are replaced by ours."""
        named = _forwarded_proto_or_host(request, proto)
        if named and address not in self._warned and len(self._warned) < MOST_WARNED:
            self._warned.add(address)
            log.warning(
                "%s sends %s and is no trusted proxy: legacy gets what the facade sees."
                " If it is your TLS terminator, say so: facade: {trusted_proxies: [%s]}",
                address,
                named,
                json.dumps(address),
            )

    def discard(self, client: Draining) -> None:
        """A connection is gone."""
        self.open.discard(client)
        self._counts.connections -= 1
        address = _address(client)
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def drain(self) -> None:
        """Close the connections on which no request is under way."""
        for client in tuple(self.open):
            client.drain()

    def abort(self) -> None:
        """Close all of them at once."""
        for client in tuple(self.open):
            client.transport.abort()


def _forwarded_proto_or_host(request: RequestHead, proto: bytes) -> str:
    """The header in which an untrusted peer names another scheme or host than we see, or ""."""
    for field in request.forwarded or ():
        if field.name == b"x-forwarded-proto" and field.value.lower() != proto:
            return "X-Forwarded-Proto"
        if field.name == b"x-forwarded-host" and field.value != request.host:
            return "X-Forwarded-Host"
    return ""


def _address(client: Draining) -> str:
    peer = client.transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) else "unix"
