"""What can go wrong behind the facade: each failure named by its phase, with the status to send.

`kind` says in which way the upstream is at fault, as `breaker.count` and `fallback.on` name it;
empty: the upstream is not at fault.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from chassis.breaker.circuit import Outcome
from facade.http1.responses import ResponseHead
from facade.routes.trouble import CONNECT as REFUSED_KIND
from facade.routes.trouble import RESET, TIMEOUT, Trouble


@dataclass(frozen=True, slots=True, eq=False)
class Failure:
    """A way in which an upstream did not answer."""

    phase: str
    status: int
    kind: str
    text: str  # what the client reads; follows "The service behind this address "
    stale: bool = False  # may come from a pooled connection that the upstream had given up
    answered: int = 0  # the upstream did answer, with this status

    def outcome(self, counted: Trouble) -> Outcome:
        """What the breaker counts, of an upstream that counts this trouble."""
        if self.answered:
            return Outcome.FAILURE if self.answered in counted.statuses else Outcome.SUCCESS
        return Outcome.FAILURE if self.kind in counted.kinds else Outcome.CANCELLED


UNAVAILABLE: Final = Failure("unavailable", 503, "", "is not available at the moment.")
BUSY: Final = Failure("busy", 503, "", "is busy: no connection became free in time.")
CONNECT: Final = Failure("connect", 502, REFUSED_KIND, "refused the connection.")
CONNECT_TIMEOUT: Final = Failure(
    "connect-timeout", 504, REFUSED_KIND, "could not be reached in time."
)
CLOSED: Final = Failure(
    "closed", 502, RESET, "closed the connection without an answer.", stale=True
)
FIRST_BYTE: Final = Failure("first-byte", 504, TIMEOUT, "did not answer in time.")
DEADLINE: Final = Failure("deadline", 504, TIMEOUT, "took longer than this request may take.")
NONSENSE: Final = Failure("nonsense", 502, RESET, "gave an answer that is not valid HTTP.")
TRUNCATED: Final = Failure("truncated", 502, RESET, "broke off in the middle of its answer.")
STALLED: Final = Failure("stalled", 504, TIMEOUT, "stopped in the middle of its answer.")
# The upstream did answer, and says itself that it did nothing.
DECLINED: Final = Failure("declined", 503, "", "declined this request.")
# The owner of the session could not be looked up: neither side is to blame for this request.
IDENTITY: Final = Failure("identity", 503, "", "could not find out who is asking.")
# The memory of keys is held by another worker for too long: nothing was sent.
MEMORY: Final = Failure("memory", 503, "", "cannot be asked for this key at the moment.")
# The side that failed in such a way got nothing of the request.
NOT_SENT: Final = frozenset(
    {UNAVAILABLE, BUSY, CONNECT, CONNECT_TIMEOUT, DECLINED, IDENTITY, MEMORY}
)
RETRY_AFTER: Final = b"Retry-After: 2\r\n"  # seconds


def final(failure: Failure, *, pinned: bool) -> tuple[int, bytes]:
    """Status and further header lines of the facade's own answer when no side answers.

    A request that is pinned and was not sent may be asked again: legacy would not do it.
    """
    if pinned and failure in NOT_SENT:
        return 503, RETRY_AFTER
    return failure.status, b""


def ask_again(answer: ResponseHead) -> bytes:
    """The line for an answer that declines a pinned request and does not say when to come back."""
    said = any(line[:12].lower() == b"retry-after:" for line in answer.lines)
    return b"" if said else RETRY_AFTER


def refusal(head: ResponseHead, trouble: Trouble) -> Failure | None:
    """The failure that an answer means; None: it is the answer. Declined: nothing was done."""
    if head.declined is not None and head.status == 503:
        return DECLINED
    if head.status not in trouble.statuses:
        return None
    return Failure("status", 503, "", "answered that it cannot serve.", answered=head.status)


def connecting(error: BaseException) -> Failure:
    """The failure that an exception while connecting means."""
    if isinstance(error, asyncio.CancelledError | TimeoutError):
        return CONNECT_TIMEOUT
    return CONNECT
