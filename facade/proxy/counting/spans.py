"""Spans of traced requests: kept as they end, handed to the control process in batches.

What a worker writes of a request is little more than a line of the access log; the control process
makes the spans of it (`facade/control/tracing`).
"""

import time
from typing import Any, Final

from facade.proxy.counting.accesslog import without_values
from facade.proxy.request import LAST_SPAN, Attempt, Request, RouteSide

MOST_KEPT: Final = 1_000  # requests and copies, until they are taken, twice a second
LONGEST_PATH: Final = 200


class SpanReport:
    """What came since the last report; beyond a bound only its number. Times are unix seconds."""

    def __init__(self) -> None:
        self._requests: list[dict[str, Any]] = []
        self._copies: list[dict[str, Any]] = []
        self._more = 0
        self._ahead = time.time() - time.perf_counter()

    def settled(self, request: Request, status: int, now: float) -> None:
        """A traced request has ended; `now` as of perf_counter, status 0: its client left."""
        spans = request.spans
        if spans is None or self._full():
            return
        head, decision = request.head, request.decision
        last = request.attempt
        why = request.failed or ("" if status else "cancelled")
        ended = [*spans.ended, (last, now, why)]
        attempts = [
            self._attempt(spans.span + number, one, until, why)
            for number, (one, until, why) in enumerate(ended, 1)
            if one.sent  # a breaker let the others not be asked
        ]
        if attempts and last.sent and last.first_byte:
            attempts[-1]["status"] = status
        self._requests.append(
            {
                "trace": request.request_id,
                "span": spans.span,
                "parent": spans.parent.decode("ascii"),
                "start": request.started + self._ahead,
                "end": now + self._ahead,
                "method": head.method.decode("ascii", "replace"),
                "path": without_values(head.target[:LONGEST_PATH].partition(b"?")[0]),
                "client": request.client.address_of(head),
                "status": status,
                "failed": request.failed,
                "route": request.state.route.name,
                "stage": str(request.state.route.stage),
                "side": decision.side,
                "answered_by": last.side.name if last.first_byte else "",
                "reason": decision.reason,
                "bucket": decision.bucket,
                "table": request.version,
                "retried": request.retried,
                "attempts": attempts,
            }
        )

    def copied(
        self,
        request: Request,
        side: RouteSide,
        times: tuple[float, float],
        status: int,
        failed: str,
    ) -> None:
        """A copy of a traced request has ended; the times as of perf_counter."""
        spans = request.spans
        if spans is None or self._full():
            return
        start, end = times
        self._copies.append(
            {
                "trace": request.request_id,
                "span": spans.span + LAST_SPAN,
                "parent": spans.span,
                "start": start + self._ahead,
                "end": end + self._ahead,
                "method": request.head.method.decode("ascii", "replace"),
                "status": status,
                "failed": failed,
                "side": side.name,
                "upstream": side.upstream.config.name,
            }
        )

    def report(self) -> dict[str, Any] | None:
        """The spans since the last report; None where there are none."""
        if not (self._requests or self._copies or self._more):
            return None
        return {"requests": self._requests, "copies": self._copies, "more": self._more}

    def reported(self) -> None:
        """The report was taken."""
        self._requests, self._copies, self._more = [], [], 0
        self._ahead = time.time() - time.perf_counter()  # the wall clock may have been set

    def _full(self) -> bool:
        if len(self._requests) + len(self._copies) < MOST_KEPT:
            return False
        self._more += 1
        return True

    def _attempt(self, span: int, attempt: Attempt, until: float, why: str) -> dict[str, Any]:
        return {
            "span": span,
            "start": attempt.started + self._ahead,
            "end": until + self._ahead,
            "side": attempt.side.name,
            "upstream": attempt.side.upstream.config.name,
            "status": 0,  # no whole answer
            "failed": why,
        }
