"""Ask a side once more, the very same question: method, target, headers in their order and
spelling with what the facade says of the client, and the body. What is not known whole is not
asked: another question would be answered otherwise, and every wrong value taken for a moving one.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import httpx2

from chassis.web.headers import AFTER
from facade.compare.answers import Answer
from facade.control.judging.backlog import Waiting
from facade.control.judging.client import Client, Question, unless_declined
from facade.rewriting.answered import AnswerRewrite, Asked

DEADLINE_SECONDS = 5.0
MOST_BYTES = 2 * 1024**2
MOST_AT_ONCE = 8
LEARNING_AT_ONCE = 2  # of their own, or noise would not be learned while all pairs are in doubt

# Of one connection only.
_NOT_REPEATED = frozenset({"connection", "keep-alive", "te", "trailer", "upgrade", "expect"})
_AFTER = AFTER.lower()


def can_ask(waiting: Waiting) -> bool:
    """Whether the very same question can be put again: we know all its words. It only reads, or it
    would not have been asked on both sides."""
    return waiting.request_headers is not None and waiting.body is not None


# (route, side) -> the addresses of that side
Addresses = Callable[[str, str], Sequence[str]]
# (route, side) -> what becomes of that side's own addresses in its answers; None: nothing
Rewriting = Callable[[str, str], AnswerRewrite | None]


class Asker:
    """Connections to both sides of our own, few and patient; failures come back as answers."""

    def __init__(
        self,
        addresses: Addresses,
        clock: Callable[[], float] = time.time,
        at_once: int = MOST_AT_ONCE,
        transport: httpx2.AsyncBaseTransport | None = None,
        rewriting: Rewriting = lambda _route, _side: None,
    ) -> None:
        self._client = Client(
            at_once, 2, timeout=DEADLINE_SECONDS, most_bytes=MOST_BYTES, transport=transport
        )
        self._addresses = addresses
        self._rewriting = rewriting
        self._clock = clock
        self._turn = 0

    async def legacy(self, waiting: Waiting) -> Answer:
        """Legacy's answer, as raw bytes; `error` says why there is none."""
        return await self._ask(waiting, "legacy", [])

    async def new(self, waiting: Waiting) -> Answer:
        """The new side's answer, not older than this moment; asked again while it declines."""
        after = (AFTER.encode(), b"%d" % int(self._clock() * 1e6))
        return await unless_declined(lambda: self._ask(waiting, "new", [after]))

    async def _ask(self, waiting: Waiting, side: str, extra: list[tuple[bytes, bytes]]) -> Answer:
        urls = self._addresses(waiting.pair.route, side)
        words = waiting.request_headers
        if side == "new" and waiting.new_headers is not None:
            words = waiting.new_headers
        if not urls or words is None or waiting.body is None:
            return Answer(0, error="unavailable")
        self._turn += 1
        headers = _repeated(words, without=_AFTER if extra else "") + extra
        pair, target = waiting.pair, waiting.pair.target
        if waiting.targets is not None:
            target = waiting.targets[side == "new"]
        answer = await self._client.ask(
            urls[self._turn % len(urls)],
            Question(pair.method, target, headers, waiting.body, framed=True),
        )
        rewrite = self._rewriting(pair.route, side)
        if rewrite is None:
            return answer
        proto, _, host = pair.origin.partition("://")
        return replace(answer, headers=rewrite.words(answer.headers, Asked(host, proto)))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


def _repeated(words: Sequence[tuple[str, str]], without: str) -> list[tuple[bytes, bytes]]:
    return [
        (name.encode("ascii"), value.encode("latin-1"))
        for name, value in words
        if name.lower() not in _NOT_REPEATED and name.lower() != without
    ]
