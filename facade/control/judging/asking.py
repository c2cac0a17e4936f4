"""Ask a side once more, in the words of the request that was compared."""

import asyncio
import time
from collections.abc import Callable, Sequence

import httpx2

from chassis.web.headers import AFTER, DECLINED
from facade.compare.answers import Answer
from facade.control.judging.backlog import Waiting

DEADLINE_SECONDS = 5.0
MOST_BYTES = 2 * 1024**2
MOST_AT_ONCE = 8
LEARNING_AT_ONCE = 2  # of their own, or noise would not be learned while all pairs are in doubt
DECLINES = 5  # a read model that is behind catches up
DECLINED_SECONDS = 0.1
_TIMEOUT = httpx2.Timeout(DEADLINE_SECONDS).as_dict()

# Of one connection or one copy only.
_NOT_REPEATED = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "te", "trailer", "upgrade"}
    | {"expect", "fig-after"}
)
# With these the second answer may be "unchanged" or a part: nothing to compare by.
_CONDITIONAL = frozenset({"if-none-match", "if-modified-since", "if-match", "if-range", "range"})


def can_ask(waiting: Waiting) -> bool:
    """Whether the same question can be put again: it only reads, and we know all its words."""
    headers = waiting.request_headers
    return (
        waiting.pair.method == "GET"
        and headers is not None
        and not any(name in _CONDITIONAL for name, _ in headers)
    )


# (route, side) -> the addresses of that side
Addresses = Callable[[str, str], Sequence[str]]


class Asker:
    """Connections to both sides of our own, few and patient; failures come back as answers."""

    def __init__(
        self,
        addresses: Addresses,
        clock: Callable[[], float] = time.time,
        at_once: int = MOST_AT_ONCE,
    ) -> None:
        limits = httpx2.Limits(max_connections=at_once, max_keepalive_connections=2)
        self._client = httpx2.AsyncClient(limits=limits, trust_env=False, follow_redirects=False)
        self._addresses = addresses
        self._clock = clock
        self._turn = 0

    async def legacy(self, waiting: Waiting) -> Answer:
        """Legacy's answer, as raw bytes; `error` says why there is none."""
        return await self._ask(waiting, "legacy", [])

    async def new(self, waiting: Waiting) -> Answer:
        """The new side's answer, not older than this moment; asked again while it declines."""
        after = (AFTER.encode(), b"%d" % int(self._clock() * 1e6))
        for _ in range(DECLINES):
            answer = await self._ask(waiting, "new", [after])
            if answer.error or not answer.header(DECLINED.lower()):
                break
            await asyncio.sleep(DECLINED_SECONDS)
        return answer

    async def _ask(self, waiting: Waiting, side: str, extra: list[tuple[bytes, bytes]]) -> Answer:
        urls = self._addresses(waiting.pair.route, side)
        if not urls:
            return Answer(0, error="unavailable")
        self._turn += 1
        url = urls[self._turn % len(urls)].rstrip("/")
        started = time.monotonic()
        try:
            words = waiting.request_headers
            if side == "new" and waiting.new_headers is not None:
                words = waiting.new_headers
            headers = _repeated(words or ()) + extra
            return await self._asked(url + waiting.pair.target, headers, started)
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            return Answer(0, error=type(error).__name__)

    async def _asked(self, url: str, headers: list[tuple[bytes, bytes]], started: float) -> Answer:
        request = httpx2.Request("GET", url, headers=headers, extensions={"timeout": _TIMEOUT})
        response = await self._client.send(request, stream=True)
        try:
            body = bytearray()
            async for piece in response.aiter_raw():
                body += piece
                if len(body) > MOST_BYTES:
                    return Answer(0, error="too large")
        finally:
            await response.aclose()
        named = tuple((name.lower(), value) for name, value in response.headers.multi_items())
        ms = (time.monotonic() - started) * 1000.0
        return Answer(response.status_code, named, bytes(body), ms)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _repeated(words: Sequence[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [
        (name.encode("ascii"), value.encode("latin-1"))
        for name, value in words
        if name not in _NOT_REPEATED
    ]
