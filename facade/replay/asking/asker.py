"""One question, one answer: failures come back as answers, too."""

import asyncio
import time
from collections.abc import Sequence
from typing import Protocol

import httpx2

from chassis.web.headers import DECLINED
from facade.compare.answers import Answer, Headers
from facade.replay.formats.recorded import Exchange

MOST_BYTES = 8 * 1024**2
DECLINED_TRIES = 5
DECLINED_SECONDS = 0.1


class Asker(Protocol):
    """Puts a question to an address."""

    async def ask(self, url: str, exchange: Exchange, headers: Headers) -> Answer:
        """The answer, or why there is none."""

    async def close(self) -> None:
        """Let go of the connections."""


class HttpAsker:
    """Over HTTP, a bounded number of connections, no redirects followed."""

    def __init__(self, connections: int, timeout: float) -> None:
        """`timeout` is in seconds, for each wait."""
        limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
        self._client = httpx2.AsyncClient(limits=limits, trust_env=False, follow_redirects=False)
        self._timeout = httpx2.Timeout(timeout).as_dict()

    async def ask(self, url: str, exchange: Exchange, headers: Headers) -> Answer:
        """See Asker."""
        started = time.monotonic()
        try:
            return await self._asked(url, exchange, headers, started)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            return Answer(0, error=type(error).__name__)

    async def _asked(
        self, url: str, exchange: Exchange, headers: Headers, started: float
    ) -> Answer:
        # The target goes as it was recorded: a URL would be written anew.
        exact = {"timeout": self._timeout, "target": exchange.target.encode("latin-1", "replace")}
        request = httpx2.Request(
            exchange.method,
            url,
            headers=list(headers),
            content=exchange.body or None,
            extensions=exact,
        )
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
        """See Asker."""
        await self._client.aclose()


class Turns:
    """Addresses of one side, asked in turns."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._turn = 0

    async def ask(self, urls: Sequence[str], exchange: Exchange, headers: Headers) -> Answer:
        """One of the addresses answers; a read model that is behind is asked again a little
        later, because here nobody waits for it."""
        for attempt in range(DECLINED_TRIES):
            self._turn += 1
            url = urls[self._turn % len(urls)]
            answer = await self._asker.ask(url, exchange, headers)
            if answer.error or answer.status != 503 or not answer.header(DECLINED.lower()):
                break
            if attempt + 1 < DECLINED_TRIES:
                await asyncio.sleep(DECLINED_SECONDS)
        return answer
