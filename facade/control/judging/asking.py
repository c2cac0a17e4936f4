"""Ask a side once more, the very same question: method, target, headers in their order and
spelling with what the facade says of the client, and the body. What is not known whole is not
asked: another question would be answered otherwise, and every wrong value taken for a moving one.
"""

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

# Of one connection only.
_NOT_REPEATED = frozenset({"connection", "keep-alive", "te", "trailer", "upgrade", "expect"})
_AFTER = AFTER.lower()


def can_ask(waiting: Waiting) -> bool:
    """Whether the very same question can be put again: we know all its words. It only reads, or it
    would not have been asked on both sides."""
    return waiting.request_headers is not None and waiting.body is not None


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
        words = waiting.request_headers
        if side == "new" and waiting.new_headers is not None:
            words = waiting.new_headers
        if not urls or words is None or waiting.body is None:
            return Answer(0, error="unavailable")
        self._turn += 1
        url = urls[self._turn % len(urls)]
        started = time.monotonic()
        try:
            headers = _repeated(words, without=_AFTER if extra else "") + extra
            pair = waiting.pair
            # The target goes as it was sent: a URL would be written anew.
            exact = {"timeout": _TIMEOUT, "target": pair.target.encode("latin-1")}
            body = httpx2.ByteStream(waiting.body)
            request = httpx2.Request(
                pair.method, url, headers=headers, stream=body, extensions=exact
            )
            return await self._asked(request, started)
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            return Answer(0, error=type(error).__name__)

    async def _asked(self, request: httpx2.Request, started: float) -> Answer:
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


def _repeated(words: Sequence[tuple[str, str]], without: str) -> list[tuple[bytes, bytes]]:
    return [
        (name.encode("ascii"), value.encode("latin-1"))
        for name, value in words
        if name.lower() not in _NOT_REPEATED and name.lower() != without
    ]
