"""Requests that failed, one by one: said on the terminal within a rate, kept to be found by id."""

import logging
from collections import deque
from typing import Any

from pydantic import BaseModel

from facade.control.judging.budget import Budget

log = logging.getLogger("failures")

LINES_AT_ONCE = 20.0
LINES_PER_SECOND = 1.0  # and then
KEPT = 5_000  # requests


class FailedRequest(BaseModel):
    """A request that no side answered, or not to the end. `at` in unix seconds."""

    at: float
    request_id: str
    status: int  # that the client got
    method: str
    target: str  # without the values of its parameters
    route: str
    side: str
    upstream: str
    phase: str
    why: str  # follows the upstream's name

    def words(self) -> str:
        """One line for people."""
        return (
            f"{self.status} for {self.method} {self.target} ({self.route}):"
            f" {self.upstream} {self.why} Request {self.request_id}"
        )


class Failures:
    """The last requests that failed."""

    def __init__(self) -> None:
        self._kept: deque[FailedRequest] = deque(maxlen=KEPT)
        self._lines = Budget(LINES_PER_SECOND, LINES_AT_ONCE)
        self._unsaid = 0

    def take(self, meta: dict[str, Any], now: float) -> None:
        """Take in a worker's report. Raises ValueError where it is none."""
        found = [FailedRequest.model_validate(one) for one in meta["requests"]]
        self._kept.extend(found)
        for one in found:
            self._say(one, now)
        self._unsaid += int(meta["more"])

    def find(self, request_id: str = "", most: int = KEPT) -> list[FailedRequest]:
        """Those with this id, or all; the latest first."""
        found = [one for one in reversed(self._kept) if request_id in ("", one.request_id)]
        return found[:most]

    def _say(self, one: FailedRequest, now: float) -> None:
        if not self._lines.take(now):
            self._unsaid += 1
            return
        more = f" ({self._unsaid:,} more failed since the last line)" if self._unsaid else ""
        self._unsaid = 0
        fields = {"event": "request-failed", **one.model_dump(exclude={"at"})}
        log.warning("%s%s", one.words(), more, extra={"event": fields})
