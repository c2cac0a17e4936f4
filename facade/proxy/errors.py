"""What can go wrong behind the facade: each failure named by its phase, with the status to send.

`kind` says in which way the upstream is at fault, as `breaker.count` and `fallback.on` name it;
empty: the upstream is not at fault.
"""

import asyncio
from typing import NamedTuple

from chassis.breaker.circuit import Outcome
from facade.http1.responses import ResponseHead
from facade.routes.trouble import CONNECT as REFUSED_KIND
from facade.routes.trouble import RESET, TIMEOUT, Trouble


class Failure(NamedTuple):
    """A way in which an upstream did not answer."""

    phase: str
    status: int
    kind: str
    text: str  # what a client is told; follows "The service behind this address "
    stale: bool = False  # may come from a pooled connection that the upstream had given up
    answered: int = 0  # the upstream did answer, with this status

    def outcome(self, counted: Trouble) -> Outcome:
        """What the breaker of an upstream is told that counts this trouble."""
        if self.answered:
            return Outcome.FAILURE if self.answered in counted.statuses else Outcome.SUCCESS
        return Outcome.FAILURE if self.kind in counted.kinds else Outcome.CANCELLED


UNAVAILABLE = Failure("unavailable", 503, "", "is not available at the moment.")
BUSY = Failure("busy", 503, "", "is busy: no connection became free in time.")
DRAINING = Failure("draining", 503, "", "is restarting.")
CONNECT = Failure("connect", 502, REFUSED_KIND, "refused the connection.")
CONNECT_TIMEOUT = Failure("connect-timeout", 504, REFUSED_KIND, "could not be reached in time.")
SEND = Failure("send", 502, RESET, "closed the connection while it was being asked.", stale=True)
CLOSED = Failure("closed", 502, RESET, "closed the connection without an answer.", stale=True)
FIRST_BYTE = Failure("first-byte", 504, TIMEOUT, "did not answer in time.")
DEADLINE = Failure("deadline", 504, TIMEOUT, "took longer than this request may take.")
NONSENSE = Failure("nonsense", 502, RESET, "gave an answer that is not valid HTTP.")
TRUNCATED = Failure("truncated", 502, RESET, "broke off in the middle of its answer.")
STALLED = Failure("stalled", 504, TIMEOUT, "stopped in the middle of its answer.")
# The upstream did answer, and says itself that it did nothing.
DECLINED = Failure("declined", 503, "", "declined this request.")
# Legacy did not say whose session it is: neither side is to blame for this request.
IDENTITY = Failure("identity", 503, "", "cannot be told at the moment who is asking.")
# Nobody's fault behind us.
CLIENT_LEFT = Failure("client-left", 499, "", "was no longer waited for.")
CLIENT_BODY = Failure("client-body", 400, "", "was not asked: the request broke off.")


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
