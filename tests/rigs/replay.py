"""An asker without a network: answers by a function, and remembers how it was asked."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from facade.compare.answers import Answer, Headers
from facade.replay.formats.recorded import Exchange

Reply = Callable[[str, Exchange], Answer]


@dataclass
class FakeAsker:
    """`reply` gets the address and the exchange. `most_at_once` is what was under way at most."""

    reply: Reply
    asked: list[tuple[str, str, str]] = field(default_factory=list)  # url, method, target
    headers: list[Headers] = field(default_factory=list)
    most_at_once: int = 0
    closed: bool = False
    _under_way: int = 0

    async def ask(self, url: str, exchange: Exchange, headers: Headers) -> Answer:
        """As HttpAsker does it."""
        self.asked.append((url, exchange.method, exchange.target))
        self.headers.append(headers)
        self._under_way += 1
        self.most_at_once = max(self.most_at_once, self._under_way)
        await asyncio.sleep(0)
        self._under_way -= 1
        return self.reply(url, exchange)

    async def close(self) -> None:
        """As HttpAsker does it."""
        self.closed = True
