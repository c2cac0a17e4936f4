"""Ask legacy once more, in the words of the request that was compared."""

import time
from collections.abc import Sequence

import httpx

from facade.compare.answers import Answer
from facade.control.backlog import Waiting

DEADLINE_SECONDS = 5.0
MOST_BYTES = 2 * 1024**2
MOST_AT_ONCE = 8
_TIMEOUT = httpx.Timeout(DEADLINE_SECONDS).as_dict()

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


class LegacyAsker:
    """Connections to legacy of our own, few and patient; failures come back as answers."""

    def __init__(self) -> None:
        limits = httpx.Limits(max_connections=MOST_AT_ONCE, max_keepalive_connections=2)
        self._client = httpx.AsyncClient(limits=limits, trust_env=False, follow_redirects=False)
        self._urls: Sequence[str] = ()
        self._turn = 0

    def use(self, urls: Sequence[str]) -> None:
        """Ask these addresses from now on, in turns."""
        self._urls = urls

    async def ask(self, waiting: Waiting) -> Answer:
        """Legacy's answer, as raw bytes; `error` says why there is none."""
        if not self._urls:
            return Answer(0, error="unavailable")
        self._turn += 1
        url = self._urls[self._turn % len(self._urls)].rstrip("/")
        headers = [
            (name.encode("ascii"), value.encode("latin-1"))
            for name, value in waiting.request_headers or ()
            if name not in _NOT_REPEATED
        ]
        started = time.monotonic()
        try:
            return await self._asked(url + waiting.pair.target, headers, started)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return Answer(0, error=type(error).__name__)

    async def _asked(self, url: str, headers: list[tuple[bytes, bytes]], started: float) -> Answer:
        request = httpx.Request("GET", url, headers=headers, extensions={"timeout": _TIMEOUT})
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
