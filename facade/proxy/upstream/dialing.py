"""Open connections: the one place where the data plane dials out."""

import asyncio
from collections.abc import Callable
from typing import Protocol

Done = Callable[[BaseException | None], None]


class Dial(Protocol):
    """Opens a connection for a protocol; says once how that went."""

    def __call__(
        self, protocol: asyncio.Protocol, host: str, port: int, seconds: float, done: Done
    ) -> None:
        """`done(None)` after the protocol was told, or `done(error)`; within `seconds`."""


class Dialer:
    """Dials on the running event loop."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[None]] = set()

    def __call__(
        self, protocol: asyncio.Protocol, host: str, port: int, seconds: float, done: Done
    ) -> None:
        """See Dial."""
        dialing = _dial(protocol, host, port, seconds, done)
        task = asyncio.get_running_loop().create_task(dialing)
        self._under_way.add(task)  # the loop itself holds tasks weakly
        task.add_done_callback(self._under_way.discard)


async def _dial(
    protocol: asyncio.Protocol, host: str, port: int, seconds: float, done: Done
) -> None:
    try:
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().create_connection(lambda: protocol, host, port)
    except (Exception, asyncio.CancelledError) as error:
        done(error)
        return
    done(None)
