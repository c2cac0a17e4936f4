"""Calls to another HTTP/1.1 server that say how far they came when they fail.

A request that must not be repeated is sent in two halves: the head with `Expect: 100-continue`,
and the body only when a worker of the other side has begun to read it. So a request that lies in
a queue in front of a stopped server, and is given up, is certainly not carried out later.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from chassis.tracing.context import TRACEPARENT, current, failed, within
from chassis.tracing.span import Value

CONNECT_SECONDS = 1.0
QUEUE_SECONDS = 1.0  # for a turn among our own calls, before anything is sent
IDLE_SECONDS = 20.0  # shorter than any server of ours keeps an idle connection (KEPT_SECONDS)
LARGEST_HEAD = 32 * 1024
LARGEST_BODY = 8 * 1024 * 1024


class NotSent(ConnectionError):
    """Certainly without effect: the request, or its body, was never sent."""


class NoTurn(NotSent):
    """Too many calls of ours were under way; the other side has nothing to do with it."""


class NotConnected(NotSent):
    """The connection was not accepted."""


class NoAnswer(ConnectionError):
    """The request was sent and no whole answer came: its effect is unknown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response; header names in lower case, the last of a name wins."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class _Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    address: tuple[str, int]
    since: float = 0.0  # idle

    def close(self) -> None:
        self.writer.transport.abort()


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. Seconds of `timeout` are for the whole exchange."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    timeout: float = 2.0
    guarded: bool = False  # in two halves, see above

    def head(self, host: str) -> bytes:
        """The head's bytes. Raises ValueError where a value would break out of its line."""
        fields = {"host": host, **self.headers}
        if self.body or self.method not in ("GET", "HEAD"):
            fields["content-length"] = str(len(self.body))
        if self.guarded:
            fields["expect"] = "100-continue"
        lines = [f"{self.method} {self.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        if any("\r" in line or "\n" in line or "\0" in line for line in lines):
            raise ValueError("a header with a line break")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


class HttpClient:
    """One server, its idle connections kept; at most `limit` calls at once, others wait.

    `instead` returns at every call the host and port that replace the server just now, or None.
    """

    def __init__(
        self,
        url: str,
        limit: int = 32,
        instead: Callable[[], tuple[str, int] | None] = lambda: None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"{url!r} is not http://host:port")
        self._own = (parts.hostname, parts.port or 80)
        self._instead = instead
        self._name = parts.netloc
        self._idle: deque[_Connection] = deque()
        self._turns = asyncio.Semaphore(limit)

    async def send(self, request: Request) -> Answer:
        """One exchange, once it is its turn. Raises NotSent and NoAnswer."""
        async with self.turn():
            return await self.exchange(request)

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A turn among our own calls. Raises NoTurn."""
        try:
            async with asyncio.timeout(QUEUE_SECONDS):
                await self._turns.acquire()
        except TimeoutError as error:
            raise NoTurn(f"{self._name}: no turn within {QUEUE_SECONDS} s") from error
        try:
            yield
        finally:
            self._turns.release()

    async def exchange(self, request: Request) -> Answer:
        """One exchange, for a caller that has its turn. Raises NotSent and NoAnswer."""
        progress = _Progress()
        try:
            async with asyncio.timeout(request.timeout):
                return await self._traced(request, progress)
        except TimeoutError as error:
            raise progress.failure(f"{self._name}: nothing within {request.timeout} s") from error
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
            raise progress.failure(f"{self._name}: {error or type(error).__name__}") from error

    async def _traced(self, request: Request, progress: "_Progress") -> Answer:
        """In the trace of what is under way here, where there is one."""
        parent = current()
        if parent is None:
            return await self._exchange(request, progress)
        host, port = self._own
        attributes: dict[str, Value] = {
            "http.request.method": request.method,
            "server.address": host,
            "server.port": port,
            "url.full": f"http://{self._name}{request.path}",
        }
        with within(request.method, "client", attributes, parent) as opened:
            assert opened is not None
            fields = {**request.headers, TRACEPARENT: opened.traceparent}
            answer = await self._exchange(replace(request, headers=fields), progress)
            attributes["http.response.status_code"] = answer.status
            if answer.status >= 400:
                failed(str(answer.status))
            return answer

    async def _exchange(self, request: Request, progress: "_Progress") -> Answer:
        head = request.head(self._name)
        connection = await self._connection()
        progress.connected, kept = True, False
        try:
            if request.guarded:
                connection.writer.write(head)
                status, fields = await _read_head(connection.reader)
                if status != 100:  # refused before the body: the connection is of no more use
                    return await _read_rest(connection.reader, request.method, status, fields)
                progress.sent = True
                connection.writer.write(request.body)
            else:
                progress.sent = True
                connection.writer.write(head + request.body)
            status, fields = await _read_head(connection.reader)
            answer = await _read_rest(connection.reader, request.method, status, fields)
            kept = fields.get("connection", "").lower() != "close"
            return answer
        finally:
            if kept:
                connection.since = asyncio.get_running_loop().time()
                self._idle.append(connection)
            else:
                connection.close()

    async def _connection(self) -> _Connection:
        now = asyncio.get_running_loop().time()
        address = self._instead() or self._own
        while self._idle:
            connection = self._idle.pop()
            fresh = now - connection.since < IDLE_SECONDS and connection.address == address
            if fresh and not connection.reader.at_eof():
                return connection
            connection.close()
        async with asyncio.timeout(CONNECT_SECONDS):
            return _Connection(
                *await asyncio.open_connection(*address, limit=LARGEST_HEAD), address
            )

    async def close(self) -> None:
        """Hang up the idle connections."""
        while self._idle:
            self._idle.pop().close()


@dataclass(slots=True)
class _Progress:
    connected: bool = False
    sent: bool = False

    def failure(self, why: str) -> ConnectionError:
        """What to raise, as far as it came."""
        if self.sent:
            return NoAnswer(why)
        return NotSent(why) if self.connected else NotConnected(why)


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    version, _, rest = lines[0].partition(" ")
    if not version.startswith("HTTP/1.") or not rest[:3].isdecimal():
        raise ValueError("not an HTTP response")
    fields = {}
    for line in lines[1:-2]:
        name, _, value = line.partition(":")
        fields[name.lower()] = value.strip()
    return int(rest[:3]), fields


async def _read_rest(
    reader: asyncio.StreamReader, method: str, status: int, fields: dict[str, str]
) -> Answer:
    if method == "HEAD" or status in (204, 304):
        return Answer(status, fields, b"")
    if "chunked" in fields.get("transfer-encoding", "").lower():
        return Answer(status, fields, await _read_chunks(reader))
    if "content-length" not in fields:
        fields["connection"] = "close"
        return Answer(status, fields, await _read_to_the_end(reader))
    return Answer(status, fields, await reader.readexactly(_size(fields["content-length"], 10)))


async def _read_to_the_end(reader: asyncio.StreamReader) -> bytes:
    """A body whose end is the connection's, in however many segments it comes."""
    segments, size = [], 0
    while segment := await reader.read(LARGEST_HEAD):
        segments.append(segment)
        size = _size(str(size + len(segment)), 10)
    return b"".join(segments)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    chunks: list[bytes] = []
    while size := _size((await reader.readuntil(b"\r\n")).split(b";")[0].strip().decode(), 16):
        chunks.append((await reader.readexactly(size + 2))[:-2])
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass  # trailers
    return b"".join(chunks)


def _size(text: str, base: int) -> int:
    size = int(text, base)
    if not 0 <= size <= LARGEST_BODY:
        raise ValueError("the answer is too large")
    return size
