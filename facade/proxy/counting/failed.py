"""Requests that no side answered, or not to the end: each with its id, for the control process."""

import time
from typing import Any, Final

from facade.proxy.counting.accesslog import LONGEST_TARGET, without_values
from facade.proxy.errors import Failure
from facade.proxy.request import Request

MOST_KEPT: Final = 100  # until they are taken, twice a second; of more only the number


class FailedRequests:
    """Costs nothing where nothing fails, and a bounded amount where everything does."""

    def __init__(self) -> None:
        self._kept: list[dict[str, Any]] = []
        self._more = 0

    def add(self, request: Request, status: int, failure: Failure) -> None:
        """`status` is what the client got, also of an answer that broke off."""
        request.failed = failure.phase
        if len(self._kept) >= MOST_KEPT:
            self._more += 1
            return
        head = request.head
        self._kept.append(
            {
                "at": time.time(),
                "request_id": request.request_id,
                "status": status,
                "method": head.method.decode("ascii", "replace"),
                "target": without_values(head.target[:LONGEST_TARGET]),
                "route": request.state.route.name,
                "side": request.attempt.side.name,
                "upstream": request.attempt.side.upstream.config.name,
                "phase": failure.phase,
                "why": failure.text,
            }
        )

    def report(self) -> dict[str, Any] | None:
        """The failures since the last report; None where there were none."""
        return {"requests": self._kept, "more": self._more} if self._kept else None

    def reported(self) -> None:
        """The report was taken."""
        self._kept, self._more = [], 0
