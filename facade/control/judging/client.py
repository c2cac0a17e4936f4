"""One question to one side over HTTP; whatever goes wrong comes back as an answer, too."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import httpx2

from facade.compare.answers import Answer
from facade.control.trust import authorities

DECLINES = 5  # a read model that is behind catches up
DECLINED_SECONDS = 0.1
Words = Sequence[tuple[bytes, bytes]] | Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Question:
    """`framed`: the headers say how long the body is; else that is added to them."""

    method: str
    target: str
    headers: Words
    body: bytes = b""
    framed: bool = False


class Client:
    """A bounded number of connections, no redirects followed, no proxy, no cookies kept."""

    def __init__(
        self,
        connections: int,
        kept: int,
        *,
        timeout: float,
        most_bytes: int,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """`kept` connections stay open between questions; `timeout` in seconds for each wait;
        an answer with a body over `most_bytes` is none."""
        limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=kept)
        self._http = httpx2.AsyncClient(
            verify=authorities(),
            limits=limits,
            trust_env=False,
            follow_redirects=False,
            transport=transport,
        )
        self._timeout = httpx2.Timeout(timeout).as_dict()
        self._most = most_bytes

    async def ask(self, url: str, question: Question) -> Answer:
        """The answer with its raw bytes, or why there is none."""
        started = time.monotonic()
        try:
            return await self._sent(self._request(url, question), started)
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            return Answer(0, error=type(error).__name__)

    def _request(self, url: str, question: Question) -> httpx2.Request:
        # The target goes as it was sent: a URL would be encoded again.
        target = question.target.encode("latin-1", "replace")
        framed = httpx2.ByteStream(question.body) if question.framed else None
        return httpx2.Request(
            question.method,
            url,
            headers=list(question.headers),  # type: ignore[arg-type]  # of the one kind or the other
            content=None if question.framed else question.body or None,
            stream=framed,
            extensions={"timeout": self._timeout, "target": target},
        )

    async def _sent(self, request: httpx2.Request, started: float) -> Answer:
        response = await self._http.send(request, stream=True)
        try:
            body = bytearray()
            async for piece in response.aiter_raw():
                body += piece
                if len(body) > self._most:
                    return Answer(0, error="too large")
        finally:
            await response.aclose()
        named = tuple((name.lower(), value) for name, value in response.headers.multi_items())
        ms = (time.monotonic() - started) * 1000.0
        return Answer(response.status_code, named, bytes(body), ms)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


async def unless_declined(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """An answer; asked for again a few times while a read model that is behind declines."""
    for _ in range(DECLINES - 1):
        answer = await ask()
        if not answer.declined:
            return answer
        await asyncio.sleep(DECLINED_SECONDS)
    return await ask()
