"""Flow control: stop reading from one side while the other cannot take more."""

import asyncio
from typing import Final

# Why reading is paused; a gate opens when no reason is left.
PEER_FULL: Final = 1  # what was read cannot be written on yet
NEXT_WAITS: Final = 2  # a pipelined request is read and has to wait for its turn
HELD_FULL: Final = 4  # a body waits for its upstream connection

HIGH_WATER: Final = 64 * 1024  # bytes waiting in a transport before its protocol is paused


class Gate:
    """Reading from one transport, held up for any of several reasons; idempotent both ways."""

    __slots__ = ("_transport", "paused")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.paused = 0  # the reasons why nothing is read now

    def pause(self, reason: int) -> None:
        """Do not read while this reason holds."""
        if not self.paused and not self._transport.is_closing():
            self._transport.pause_reading()
        self.paused |= reason

    def resume(self, reason: int) -> None:
        """This reason holds no more."""
        if not self.paused & reason:
            return
        self.paused &= ~reason
        if not self.paused and not self._transport.is_closing():
            self._transport.resume_reading()
