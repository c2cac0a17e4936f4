"""Connections of clients that speak TLS: taken, secured within a bound, and handed to Inbound.

A connection has `timeouts.handshake` for its handshake, whether it has sent a byte or not. A plain
HTTP request gets an answer that says so. Failures before the first request are counted by kind.
"""

import asyncio
import errno
import logging
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from typing import Final, cast

from facade.http1.problems import problem
from facade.proxy.counting.metrics import ClientCounts
from facade.proxy.state import Current
from facade.proxy.tls.context import Secured

log = logging.getLogger("facade.proxy.tls")

AT_ONCE: Final = 64  # connections taken in one turn of the event loop
PAUSE_SECONDS: Final = 1.0  # where no descriptor is left
SHUTDOWN_SECONDS: Final = 2.0  # for the client to answer our end of TLS
LINGER_SECONDS: Final = 2.0  # to read our answer to plain HTTP
_HANDSHAKE: Final = b"\x16"  # the first byte of TLS
_NO_ROOM: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class TlsListener:
    """The listening socket of one worker, in place of an asyncio server."""

    def __init__(
        self,
        port: socket.socket,
        secured: Secured,
        current: Current,
        counts: ClientCounts,
        serve: Callable[[], asyncio.Protocol],
    ) -> None:
        """`serve` makes the protocol of a connection that is secured."""
        self._port = port
        self._secured = secured
        self._current = current
        self._counts = counts
        self._serve = serve
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self._under_way: dict[asyncio.Task[None], str] = {}  # with the client's address
        self._by_address: Counter[str] = Counter()

    def start(self) -> None:
        """Take connections from now on."""
        if not self._closed:
            self._loop.add_reader(self._port, self._accept)

    def close(self) -> None:
        """Take no more; handshakes under way go on."""
        self._closed = True
        self._loop.remove_reader(self._port)

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, address = self._port.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._loop.remove_reader(self._port)
                if error.errno in _NO_ROOM:
                    log.error("cannot take a connection: %s", error.strerror)
                    self._loop.call_later(PAUSE_SECONDS, self.start)
                return  # else the port was shut
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._begin(connection, str(address[0]))

    def _begin(self, connection: socket.socket, address: str) -> None:
        limits = self._current.table.routes.options.limits
        many = len(self._under_way) >= limits.connections
        if many or self._by_address[address] >= limits.connections_per_client:
            self._counts.refused += 1
            connection.close()
            return
        self._by_address[address] += 1
        task = self._loop.create_task(self._greet(connection))
        self._under_way[task] = address
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        address = self._under_way.pop(task)
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a connection cannot be served: %r", error)

    async def _greet(self, connection: socket.socket) -> None:
        """Wait for the first byte, and then as long as is left for the handshake."""
        until = self._loop.time() + self._current.table.routes.options.timeouts.handshake
        try:
            async with asyncio.timeout_at(until):
                first = await self._first_byte(connection)
            if first == _HANDSHAKE:
                await self._secure(connection, until)
            elif first:
                self._counts.tls_plain += 1
                await self._loop.connect_accepted_socket(NoTls, connection)
            else:
                connection.close()
        except (TimeoutError, ConnectionAbortedError):
            self._counts.tls_late += 1
            connection.close()
        except OSError as error:  # ssl.SSLError is one
            self._counts.tls_failed += 1
            log.debug("a handshake failed: %s", error)
            connection.close()

    async def _first_byte(self, connection: socket.socket) -> bytes:
        """The first byte, which stays where it is; empty when the client is gone."""
        came = asyncio.Event()
        self._loop.add_reader(connection, came.set)
        try:
            await came.wait()
        finally:
            self._loop.remove_reader(connection)
        return connection.recv(1, socket.MSG_PEEK)

    async def _secure(self, connection: socket.socket, until: float) -> None:
        context = cast(ssl.SSLContext, self._secured.context)
        await self._loop.connect_accepted_socket(
            self._serve,
            connection,
            ssl=context,
            ssl_handshake_timeout=max(until - self._loop.time(), 0.001),
            ssl_shutdown_timeout=SHUTDOWN_SECONDS,
        )


class NoTls(asyncio.Protocol):
    """Answers plain HTTP on a TLS port with an explanation."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say it, and leave the client time to read it."""
        transport = cast(asyncio.Transport, transport)
        transport.write(problem(400, "This port speaks https: ask with https://.", close=True))
        transport.write_eof()
        asyncio.get_running_loop().call_later(LINGER_SECONDS, transport.abort)

    def data_received(self, data: bytes) -> None:
        """What the client says is not read."""
