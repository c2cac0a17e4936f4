"""Work that no client waits for: done after the live work of a turn, a small share at a time.

What is written to clients and upstreams in a turn of the event loop leaves at its end; work of idle
priority is done in the next turn. So a copy is sent behind the request it copies, and a pair is
described when the answer is on its way.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import Final

log = logging.getLogger("facade.proxy.idle")

SHARE_SECONDS: Final = 0.0002  # of a turn; then connections that have something to read

Work = Callable[[], None]


def _soon(work: Work) -> None:
    asyncio.get_running_loop().call_soon(work)


class IdleQueue:
    """A queue of such work. `soon` calls a function in the next turn, which takes `share` seconds
    of it."""

    def __init__(
        self, soon: Callable[[Work], object] = _soon, share: float = SHARE_SECONDS
    ) -> None:
        self._soon = soon
        self._share = share
        self._waiting: deque[Work] = deque()
        self._called = False

    def add(self, work: Work) -> None:
        """Do this when there is time."""
        self._waiting.append(work)
        self._call()

    def finish(self) -> None:
        """Do all the work now."""
        while self._waiting:
            self._do_one()

    def _call(self) -> None:
        if self._waiting and not self._called:
            self._called = True
            self._soon(self._turn)

    def _turn(self) -> None:
        self._called = False
        until = perf_counter() + self._share
        while self._waiting:
            self._do_one()
            if perf_counter() >= until:
                break
        self._call()

    def _do_one(self) -> None:
        try:
            self._waiting.popleft()()
        except Exception:
            log.exception(
                "work of idle priority failed"
            )  # the next one must have its turn all the same
