"""Requests that are sent in two halves: the head with `Expect: 100-continue`, the body later.

mitmproxy answers the expectation itself, before the monolith has been asked. A caller that waits
for a worker of the monolith (`chassis.web.client`) would then believe a queue. So these
requests are carried out here: the monolith's own `100` lets the body come. Runs in mitmproxy's
environment.

    head ──▶ monolith    100 ──▶ caller    body ──▶ monolith    answer ──▶ caller
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from mitmproxy import http
from mitmproxy.connection import ConnectionState
from mitmproxy.net.http import http1

LOOK_SECONDS = 0.1  # whether the caller is still there
LARGEST_HEAD = 64 * 1024
CONTINUE = 100

T = TypeVar("T")


class Broken(ConnectionError):
    """No answer of the monolith, or one that is no HTTP; or the caller left."""


@dataclass(slots=True)
class _Begun:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    early: http.Response | None  # an answer that came in place of the `100`


class Halves:
    """Exchanges of this kind that are under way, by flow."""

    def __init__(self, upstream: str) -> None:
        """`upstream` is http://HOST:PORT; before another scheme mitmproxy's own way stays."""
        parts = urlsplit(upstream)
        self._scheme, self._address = parts.scheme, (parts.hostname, parts.port or 80)
        self._begun: dict[str, _Begun] = {}

    def concerns(self, flow: http.HTTPFlow) -> bool:
        """Whether the flow's request, of which the head is here, is one of these."""
        request = flow.request
        expects = request.headers.get("expect", "").lower() == "100-continue"
        sized = "content-length" in request.headers and not request.stream
        return expects and sized and self._scheme == "http"

    async def begin(self, flow: http.HTTPFlow) -> None:
        """Send the head and wait for the monolith's `100`, or its answer. Raises Broken."""
        try:
            reader, writer = await asyncio.open_connection(*self._address, limit=LARGEST_HEAD)
        except OSError as error:
            raise Broken(str(error)) from error
        begun = self._begun[flow.id] = _Begun(reader, writer, None)
        writer.write(http1.assemble_request_head(flow.request))
        head = await _unless_gone(flow, _head(reader))
        if head.status_code != CONTINUE:
            begun.early = await _unless_gone(flow, _whole(reader, flow.request, head))

    async def finish(self, flow: http.HTTPFlow) -> bool:
        """Send the body, and give the flow its answer; False when it was never begun here.
        Raises Broken."""
        begun = self._begun.get(flow.id)
        if begun is None:
            return False
        if begun.early is None:
            begun.writer.write(flow.request.raw_content or b"")
            head = await _unless_gone(flow, _head(begun.reader))
            begun.early = await _unless_gone(flow, _whole(begun.reader, flow.request, head))
        flow.response = begun.early
        self.end(flow.id)
        return True

    def end(self, flow_id: str) -> None:
        """Hang up on the monolith, if this flow's connection is still there."""
        if (begun := self._begun.pop(flow_id, None)) is not None:
            begun.writer.transport.abort()


async def _unless_gone(flow: http.HTTPFlow, reading: Awaitable[T]) -> T:
    """What is read; raises Broken when the caller leaves before, or the monolith does."""
    task = asyncio.ensure_future(reading)
    try:
        while not (await asyncio.wait([task], timeout=LOOK_SECONDS))[0]:
            if not flow.client_conn.state & ConnectionState.CAN_READ:
                raise Broken("the caller left")
        return task.result()
    except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
        raise Broken(str(error) or type(error).__name__) from error
    finally:
        task.cancel()


async def _head(reader: asyncio.StreamReader) -> http.Response:
    lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    return http1.read_response_head(lines[:-2])


async def _whole(
    reader: asyncio.StreamReader, request: http.Request, head: http.Response
) -> http.Response:
    size: Any = http1.expected_http_body_size(request, head)
    if size is None:
        head.raw_content = await _chunks(reader)
    elif size < 0:
        head.raw_content = await reader.read()
    else:
        head.raw_content = await reader.readexactly(size)
    return head


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    chunks = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        chunks.append((await reader.readexactly(size + 2))[:-2])
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass  # trailers
    return b"".join(chunks)
