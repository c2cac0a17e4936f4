"""After a 101: bytes from one connection to the other, both ways, until either ends."""

import asyncio

from facade.proxy.downstream.client import Client
from facade.proxy.flow import PEER_FULL, Gate
from facade.proxy.upstream.caller import Connection


class TunnelEnd(asyncio.Protocol):
    """One end: writes to its transport what the other end reads."""

    __slots__ = ("_ended", "_gate", "_owner", "_upstream", "other", "transport")

    other: "TunnelEnd"

    def __init__(
        self, transport: asyncio.Transport, owner: asyncio.Protocol, upstream: bool
    ) -> None:
        """`owner` is the protocol that is informed when the connection is gone; `upstream`: this
        is the upstream's end."""
        self.transport = transport
        self._upstream = upstream
        self._gate = Gate(transport)
        self._owner = owner
        self._ended = False  # nothing more comes from here

    def data_received(self, data: bytes) -> None:
        """Pass bytes on."""
        self.other.transport.write(data)

    def eof_received(self) -> bool:
        """One direction has ended: the other one may go on."""
        self._ended = True
        other = self.other.transport
        if self.other._ended:
            other.close()
            return False
        if other.can_write_eof():
            if not other.is_closing():
                other.write_eof()
        elif self._upstream:
            # TLS cannot say that one direction has ended, and a client of a WebSocket waits for it.
            other.close()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """This end is gone, so the other is closed."""
        self.other.transport.close()
        self._owner.connection_lost(exc)

    def pause_writing(self) -> None:
        """This end takes no more."""
        self.other.hold(True)

    def resume_writing(self) -> None:
        """This end takes again."""
        self.other.hold(False)

    def hold(self, held: bool) -> None:
        """Stop reading, or go on."""
        if held:
            self._gate.pause(PEER_FULL)
        else:
            self._gate.resume(PEER_FULL)


def join(client: Client, connection: Connection, rest: bytes) -> None:
    """Make a tunnel of both connections; `rest` came from the upstream after its 101."""
    below, client_protocol, early = client.hand_over()
    above, connection_protocol = connection.hand_over()
    here = TunnelEnd(below, client_protocol, upstream=False)
    there = TunnelEnd(above, connection_protocol, upstream=True)
    here.other, there.other = there, here
    below.set_protocol(here)
    above.set_protocol(there)
    if rest:
        below.write(rest)
    if early:
        above.write(early)
