"""Reset, cut and close connections: mitmproxy has no words for these, so its insides are used,
here and nowhere else. Runs in mitmproxy's environment.
"""

import socket
import struct
import time
from collections.abc import Collection
from typing import Any

from mitmproxy import ctx, http
from mitmproxy.connection import Server

IDLE_SECONDS = 1.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for 0 seconds


def reset(flow: http.HTTPFlow) -> None:
    """End the exchange with a TCP reset to the client, as a crashed server's kernel does."""
    writer = _client_writer(flow)
    if writer is not None:
        _linger(writer)
    if flow.killable:
        flow.kill()


class Cut:
    """Lets a part of an answer's body through and then ends the connection, as a killed process
    would in the middle of a write."""

    def __init__(self, flow: http.HTTPFlow, share: float) -> None:
        self._flow = flow
        self._share = share
        length = flow.response.headers.get("content-length", "") if flow.response else ""
        self._left = int(int(length) * share) if length.isdigit() else None

    def __call__(self, piece: bytes) -> bytes:
        """The part of a piece that goes through; mitmproxy asks for each, at last for b''."""
        if self._left is None:  # of unknown length: a share of what comes first
            self._left = int(len(piece) * self._share)
        through, self._left = piece[: self._left], max(0, self._left - len(piece))
        if not through:
            writer = _client_writer(self._flow)
            if writer is not None:
                writer.transport.abort()
        return through


def close_idle(busy: Collection[str], used: dict[str, float]) -> None:
    """Close connections to the monolith that were not used for a while: it may be about to close
    them itself, and a request sent at that moment would be lost.

    `busy` are the ids of clients whose request is under way; `used` says when a client's last was.
    """
    now = time.monotonic()
    for handler in list(_handlers()):
        client = handler.client.id
        if client in busy or now - used.get(client, now) < IDLE_SECONDS:
            continue
        for connection, transport in list(handler.transports.items()):
            if isinstance(connection, Server) and transport.handler is not None:
                transport.handler.cancel("idle")


def _handlers() -> Collection[Any]:
    server = ctx.master.addons.get("proxyserver")
    return server.connections.values() if server is not None else ()


def _client_writer(flow: http.HTTPFlow) -> Any:
    """The client's stream; None when it is gone."""
    for handler in _handlers():
        if handler.client.id == flow.client_conn.id:
            transport = handler.transports.get(handler.client)
            return transport.writer if transport is not None else None
    return None


def _linger(writer: Any) -> None:
    sock = writer.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
