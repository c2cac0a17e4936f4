"""Recorded questions, put to the addresses of a side in turns."""

from collections.abc import Sequence
from typing import Protocol

from facade.compare.answers import Answer, Headers
from facade.control.judging.client import Client, Question, unless_declined
from facade.replay.formats.recorded import Exchange

MOST_BYTES = 8 * 1024**2


class Asker(Protocol):
    """Puts a question to an address."""

    async def ask(self, url: str, exchange: Exchange, headers: Headers) -> Answer:
        """The answer, or why there is none."""

    async def close(self) -> None:
        """Let go of the connections."""


class HttpAsker:
    """Over HTTP."""

    def __init__(self, connections: int, timeout: float) -> None:
        """`timeout` is in seconds, for each wait."""
        self._client = Client(connections, connections, timeout=timeout, most_bytes=MOST_BYTES)

    async def ask(self, url: str, exchange: Exchange, headers: Headers) -> Answer:
        question = Question(exchange.method, exchange.target, headers, exchange.body)
        return await self._client.ask(url, question)

    async def close(self) -> None:
        await self._client.close()


class Turns:
    """Addresses of one side, asked in turns."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._turn = 0

    async def ask(self, urls: Sequence[str], exchange: Exchange, headers: Headers) -> Answer:
        """One of the addresses answers; a read model that is behind is asked again a little
        later, because no client waits for it here."""

        async def once() -> Answer:
            self._turn += 1
            return await self._asker.ask(urls[self._turn % len(urls)], exchange, headers)

        return await unless_declined(once)
