"""One process: a port, its background work, and a clean stop on SIGTERM or Ctrl-C."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from chassis.process.pace import came
from chassis.process.settings import BAD_CONFIGURATION, UNIX, Listen

log = logging.getLogger("service")

# Seconds: longer than any client of ours keeps an idle connection (services 20, the facade 30
# unless its route file says more): never is it us who hang up while a request is on its way.
KEPT_SECONDS = 75

DATE_SECONDS = 1.0  # the resolution of the header

Application = Callable[[Any, Any, Any], Awaitable[None]]
Background = Callable[[], Coroutine[Any, Any, None]]


class _Server(uvicorn.Server):
    """Sleeps between its ticks until it is to end: uvicorn's own wakes up ten times a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._leaving = asyncio.Event()

    def leave(self) -> None:
        """Answer what is under way, and end."""
        self.should_exit = True
        self._leaving.set()

    async def main_loop(self) -> None:
        """See uvicorn: the first tick of ten renews the `Date` of answers."""
        while not await self.on_tick(0):
            await came(self._leaving, DATE_SECONDS)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `serve`: background work stops first, then the port."""
        yield


def bind(listen: Listen, variable: str) -> socket.socket:
    """Take the port, or say which setting names a port that cannot be had, and exit with 2."""
    try:
        if listen.host.startswith(UNIX):
            return _bind_unix(Path(listen.host.removeprefix(UNIX)))
        family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
        port = socket.socket(family, socket.SOCK_STREAM)
        port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port.bind(tuple(listen))
        return port
    except OSError as error:
        print(f"{variable}: cannot listen on {listen.written}: {error}", file=sys.stderr)  # noqa: T201
        raise SystemExit(BAD_CONFIGURATION) from None


def _bind_unix(path: Path) -> socket.socket:
    """A socket that its owner alone may connect to; one that a killed process left is replaced."""
    port = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        if path.is_socket():
            path.unlink()
        port.bind(str(path))
    finally:
        os.umask(before)
    return port


async def serve(
    app: Application,
    port: socket.socket,
    background: Sequence[Background],
    announcing: Background | None = None,
) -> None:
    """Answer on the port and run the background work until a signal, or until one of them ends.

    `announcing` lets others find the port: it ends first, while all the rest goes on.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        timeout_keep_alive=KEPT_SECONDS,
        proxy_headers=False,  # no service needs the address of the facade's client
        timeout_graceful_shutdown=10,
    )
    _spare_the_collector()
    server = _Server(config)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    serving = asyncio.create_task(server.serve(sockets=[port]))
    first = [] if announcing is None else [asyncio.create_task(announcing())]
    working = [*first, *(asyncio.create_task(work()) for work in background)]
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([serving, stopping, *working], return_when=asyncio.FIRST_COMPLETED)
    for leaving in first:
        leaving.cancel()
        await asyncio.wait([leaving])
    for task in (stopping, *working):
        task.cancel()
    results = await asyncio.gather(*working, return_exceptions=True)
    server.leave()
    await serving
    for result in results:
        if isinstance(result, Exception):
            raise result


def _spare_the_collector() -> None:
    """Exclude what exists at the start from garbage collection, and let the collector run less
    often than every 700 objects, of which one request makes some hundred."""
    gc.collect()
    gc.freeze()
    gc.enable()  # a process may have begun without it
    gc.set_threshold(10_000, 10, 10)


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a process's main coroutine on uvloop."""
    uvloop.run(main)
