"""From a worker to the control process: frames over a Unix stream socket, never waited for.

    frame = kind (1 byte), length of meta (4), length of blob (4), meta (JSON), blob

`PAIR` carries one request's two answers (blob = legacy's body, new's, and the request's own where
it is small; the lengths are in meta), `COUNTERS` what a worker has counted since its start, `HELLO`
the number of the worker: it is the first frame of a connection; `FAILED` the requests that failed
since the last such frame, `SPANS` those that are traced and have ended since. A reader that is away
or slow costs frames, never time: pairs beyond `limit` waiting bytes are refused, and the caller
counts them.
"""

import asyncio
from collections.abc import Callable, Iterator
from struct import Struct
from typing import Any, Final, NamedTuple, NotRequired, TypedDict, cast

import orjson

PAIR: Final = 1
COUNTERS: Final = 2
HELLO: Final = 3
FAILED: Final = 4
SPANS: Final = 5

HEADER: Final = Struct("!BII")
LARGEST_FRAME: Final = 64 * 1024**2  # more is not a frame but a broken stream
BUFFER_LIMIT: Final = 8 * 1024**2
RETRY_SECONDS: Final = 0.25


class ChannelBroken(ValueError):
    """The bytes on the channel are not frames."""


class Frame(NamedTuple):
    """One message: its kind, its meta read from JSON, and the bytes that came with it."""

    kind: int
    meta: dict[str, Any]
    blob: bytes


class SideMeta(TypedDict):
    """One side's answer in a pair. `error` names the phase that failed; then there is no status."""

    status: int
    headers: str  # field lines, each with its end, as are all headers here
    length: int  # of this side's body in the blob
    ms: float
    error: str | None


class PairMeta(TypedDict):
    """The meta of a `PAIR`. `legacy` is the control, `new` the candidate."""

    route: str
    method: str
    target: str
    stage: str
    percent: int | None  # basis points, as in the route file
    version: str
    request_id: str
    started: float  # unix seconds
    signed_in: bool
    live: str  # the side that answered the client
    sides: dict[str, SideMeta]  # by "legacy" and "new"
    # Of the request's body in the blob, for the same question and for its shape; only the shape is
    # kept. None: it is too large to be sent.
    request_length: NotRequired[int | None]
    # As legacy got them, so that the same request can be sent once more; never stored.
    request_headers: NotRequired[str]
    # The same for the new side, where its headers differ; never stored either.
    new_headers: NotRequired[str]
    # The targets that legacy and the new side got, where an upstream lives at another address.
    sent_targets: NotRequired[tuple[str, str]]


def encode(kind: int, meta: Any, blob: bytes = b"") -> bytes:
    """The bytes of one frame."""
    text = orjson.dumps(meta)
    return b"".join((HEADER.pack(kind, len(text), len(blob)), text, blob))


class FrameReader:
    """Cuts a stream of bytes into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames completed by `data`. Raises ChannelBroken when it is no frame."""
        buffer = self._buffer
        buffer += data
        while len(buffer) >= HEADER.size:
            kind, meta_length, blob_length = HEADER.unpack_from(buffer)
            end = HEADER.size + meta_length + blob_length
            if not PAIR <= kind <= SPANS or end > LARGEST_FRAME:
                raise ChannelBroken(f"kind {kind}, {end} bytes")
            if len(buffer) < end:
                return
            middle = HEADER.size + meta_length
            meta, blob = bytes(buffer[HEADER.size : middle]), bytes(buffer[middle:end])
            del buffer[:end]
            try:
                yield Frame(kind, orjson.loads(meta), blob)
            except orjson.JSONDecodeError as error:
                raise ChannelBroken(str(error)) from error


class Channel(asyncio.Protocol):
    """A worker's end. Connects and reconnects by itself; `hello` is called again each time."""

    def __init__(
        self, path: str, hello: Callable[[], dict[str, Any]], limit: int = BUFFER_LIMIT
    ) -> None:
        # settings
        self._path = path
        self._hello = hello
        self._limit = limit
        # connection
        self._transport: asyncio.WriteTransport | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._closed = False

    def start(self) -> None:
        """Begin to connect, and go on trying until `close`."""
        if not self._closed and self._connecting is None:
            self._connecting = asyncio.get_running_loop().create_task(self._connect())

    def offer(self, kind: int, meta: Any, blob: bytes = b"") -> bool:
        """Queue a frame, or return False at once when not connected or too much is waiting."""
        transport = self._transport
        if transport is None or transport.get_write_buffer_size() + len(blob) > self._limit:
            return False
        transport.write(encode(kind, meta, blob))
        return True

    def has_room(self, size: int) -> bool:
        """Whether a frame of about `size` bytes would be taken now."""
        transport = self._transport
        return transport is not None and transport.get_write_buffer_size() + size <= self._limit

    def close(self) -> None:
        """Send what is queued, then close for good."""
        self._closed = True
        if self._connecting is not None:
            self._connecting.cancel()
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Introduce the worker."""
        # uvloop's transports are no subclasses of asyncio's
        transport = cast(asyncio.WriteTransport, transport)
        self._transport = transport
        self.offer(HELLO, self._hello())

    def connection_lost(self, _exc: Exception | None) -> None:
        """The control process went away: try again until it is back."""
        self._transport = None
        self.start()

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._transport is None and not self._closed:
                try:
                    await loop.create_unix_connection(lambda: self, self._path)
                except OSError:
                    await asyncio.sleep(RETRY_SECONDS)
        finally:
            self._connecting = None
