"""Copies: the same request to the other side at the same time, for comparison.

A copy has connections, limits and a deadline of its own, and is shed first: it is not begun while
the worker lags, while either side lets requests wait, or beyond the caps; the cause is counted.
What it costs the worker is left to the idle queue: it is done after the live work of a turn.
"""

from typing import Final

from facade.http1.requests import RequestHead
from facade.proxy.counting.spans import SpanReport
from facade.proxy.deadlines import Deadlines
from facade.proxy.idle import IdleQueue
from facade.proxy.request import Request, RouteSide
from facade.proxy.shadow.pair import CHANNEL, Pair, PairChannel, Write
from facade.routes.config.routefile import FacadeOptions
from facade.routes.sessions import SessionCookies, names_of

MOST_LAG_SECONDS: Final = 0.02  # a worker that lags more makes no copies

# Why a copy is not begun; `pair.py` has the other causes.
LAG: Final = "lag"
SLOW: Final = "slow"
INFLIGHT: Final = "inflight"


class Shadow:
    """All copies of a worker: admits them, and sheds them first. It is the Copying of each pair."""

    def __init__(
        self,
        channel: PairChannel,
        deadlines: Deadlines,
        write: Write,
        idle: IdleQueue,
        spans: SpanReport,
    ) -> None:
        """`write` makes the head of a copy for the new side."""
        self.spans = spans
        self.use(FacadeOptions())
        self.channel = channel
        self.write = write
        self.idle = idle
        self.deadlines = deadlines
        self.lag = 0.0  # seconds by which the event loop was late at its last tick
        self._under_way = 0

    def use(self, options: FacadeOptions) -> None:
        """Take the limits of a new table."""
        self.limits = options.shadow
        self._session = SessionCookies(names_of(options))

    def signed_in(self, head: RequestHead) -> bool:
        """Whether the request carries a session or credentials: one class of inputs."""
        session = self._session
        for field in head.fields:
            name = field.name
            if name == b"authorization" or (name == b"cookie" and session.find((field.value,))):
                return True
        return False

    def pair(self, request: Request) -> Pair | None:
        """A copy of this request for the side that does not answer it; None when it is shed."""
        state, side = request.state, request.attempt.side
        other = state.new if side is state.legacy else state.legacy
        if other is None:
            return None
        cause = self._shed(side, other)
        if cause is not None:
            state.counts.shadow.shed_by(cause)
            return None
        self._under_way += 1
        return Pair(self, request, other)

    def finished(self, pair: Pair) -> None:
        """A copy needs no more room."""
        self._under_way -= 1
        self.deadlines.discard(pair)

    def _shed(self, live: RouteSide, other: RouteSide) -> str | None:
        if self.lag > MOST_LAG_SECONDS:
            return LAG
        if self._under_way >= self.limits.inflight + self.limits.queue:
            return INFLIGHT
        if live.upstream.slow or other.upstream.slow:
            return SLOW
        if not self.channel.has_room(0):
            return CHANNEL
        return None
