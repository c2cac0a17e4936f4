"""A wire without sockets: transports that keep what is written, and a dialer that answers at once.

wire = FakeWire()
client = wire.connect(Inbound(gateway))     # a peer that talks to our protocol
client.send(b"GET / HTTP/1.1 …")
upstream = wire.dialled[0]                   # the peer that our side has dialled
upstream.read(), upstream.send(b"HTTP/1.1 200 OK …"), client.read()
"""

import asyncio

from facade.proxy.upstream.dialing import Address, Done


class FakeTransport(asyncio.Transport):
    """Our end of a connection."""

    def __init__(self, protocol: asyncio.Protocol, peername: tuple[str, int]) -> None:
        super().__init__({"peername": peername})
        self.protocol = protocol
        self.sent = bytearray()
        self.half_closed = self.closing = self.aborted = self.reading_paused = False
        self.high = 64 * 1024
        self.stuck = False  # the peer takes nothing
        self._unread: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep bytes for the peer; tell the protocol when a stuck peer has too many waiting."""
        if self.closing:
            return
        before = self.get_write_buffer_size()
        self.sent += data
        if before <= self.high < self.get_write_buffer_size():
            self.protocol.pause_writing()

    def get_write_buffer_size(self) -> int:
        """What waits for a stuck peer."""
        return len(self.sent) if self.stuck else 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Take the mark beyond which the protocol is paused."""
        del low
        self.high = 64 * 1024 if high is None else high

    def deliver(self, data: bytes) -> None:
        """Bytes from the peer: handed over, or kept while reading is paused."""
        if self.closing:
            return
        if self.reading_paused:
            self._unread.append(data)
        else:
            self.protocol.data_received(data)

    def pause_reading(self) -> None:
        """Keep what comes."""
        assert not self.reading_paused, "paused twice"
        self.reading_paused = True

    def resume_reading(self) -> None:
        """Hand over what was kept."""
        assert self.reading_paused, "resumed twice"
        self.reading_paused = False
        while self._unread and not self.reading_paused and not self.closing:
            self.protocol.data_received(self._unread.pop(0))

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Speak to another protocol from now on."""
        assert isinstance(protocol, asyncio.Protocol)
        self.protocol = protocol

    def can_write_eof(self) -> bool:
        """As for TCP."""
        return True

    def write_eof(self) -> None:
        """The peer reads an end."""
        self.half_closed = True

    def is_closing(self) -> bool:
        """Whether it is closed for us."""
        return self.closing

    def close(self) -> None:
        """Close in order."""
        self.closing = True

    def abort(self) -> None:
        """Close at once."""
        self.closing = self.aborted = True


class FakePeer:
    """The other end of a connection: somebody who talks to our protocol."""

    def __init__(self, wire: "FakeWire", transport: FakeTransport) -> None:
        self._wire = wire
        self.transport = transport
        self._gone = False

    def send(self, *pieces: bytes) -> None:
        """Say something, in these pieces."""
        for piece in pieces:
            self.transport.deliver(piece)
            self._wire.settle()

    def read(self) -> bytes:
        """What we received since the last call."""
        data = bytes(self.transport.sent)
        self.transport.sent.clear()
        return data

    def unstick(self) -> bytes:
        """Read after having been stuck; returns what had been waiting."""
        data = self.read()
        self.transport.stuck = False
        self.transport.protocol.resume_writing()
        self._wire.settle()
        return data

    @property
    def ended(self) -> bool:
        """Whether we see the end of what we receive."""
        return self.transport.closing or self.transport.half_closed

    def shut(self) -> None:
        """Say no more; as for TCP, our protocol decides whether that closes the connection."""
        if not self.transport.protocol.eof_received():
            self.transport.close()
        self._wire.settle()

    def vanish(self, error: Exception | None = None) -> None:
        """Be gone, with a reset when there is an error."""
        self.transport.closing = True
        self._lost(error)
        self._wire.settle()

    def settle(self) -> bool:
        """Tell the protocol that its connection is gone, once; returns whether it was news."""
        if not self.transport.closing or self._gone:
            return False
        self._lost(None)
        return True

    def _lost(self, error: Exception | None) -> None:
        if not self._gone:
            self._gone = True
            self.transport.protocol.connection_lost(error)


class FakeWire:
    """All connections of one test. It is the Dial of the data plane."""

    def __init__(self) -> None:
        self.peers: list[FakePeer] = []
        self.dialled: list[FakePeer] = []
        self.refuse: set[int] = set()  # ports that refuse connections
        self.silent: set[int] = set()  # ports that never answer a connection attempt
        self.waiting: list[Done] = []
        self._dialling: list[tuple[asyncio.Protocol, Address, Done]] = []

    def connect(self, protocol: asyncio.Protocol, address: str = "192.0.2.7") -> FakePeer:
        """A connection to this protocol of ours, from a client."""
        return self._join(protocol, (address, 40_000))

    def __call__(
        self, protocol: asyncio.Protocol, address: Address, seconds: float, done: Done
    ) -> None:
        """See Dial."""
        del seconds
        host, port = address.host, address.port
        if port in self.refuse:
            done(ConnectionRefusedError(host, port))
        elif port in self.silent:
            self.waiting.append(done)
        else:
            self._dialling.append((protocol, address, done))

    def time_out(self) -> None:
        """The last connection attempt that waits for an answer got none in time."""
        self.waiting.pop()(TimeoutError())
        self.settle()

    def settle(self) -> None:
        """Open what was dialled, and tell protocols of closed connections, until there is no news.

        As with sockets, a connection stands only after the event in which it was dialled.
        """
        while self._open() or any(peer.settle() for peer in tuple(self.peers)):
            pass

    def _open(self) -> bool:
        dialling, self._dialling = self._dialling, []
        for protocol, address, done in dialling:
            self.dialled.append(self._join(protocol, (address.host, address.port)))
            done(None)
        return bool(dialling)

    def _join(self, protocol: asyncio.Protocol, peername: tuple[str, int]) -> FakePeer:
        transport = FakeTransport(protocol, peername)
        peer = FakePeer(self, transport)
        self.peers.append(peer)
        protocol.connection_made(transport)
        self.settle()
        return peer


def without(data: bytes, *names: bytes) -> bytes:
    """A head without the lines of these lower-case names, for asserting on the rest."""
    prefixes = tuple(name + b":" for name in names)
    return b"\r\n".join(
        line for line in data.split(b"\r\n") if not line.lower().startswith(prefixes)
    )
