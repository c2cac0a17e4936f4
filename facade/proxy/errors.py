"""What can go wrong behind the facade: each failure named by its phase, with the status to send.

`blames` says whether the upstream is at fault, which is what its breaker wants to know.
"""

import asyncio
from typing import NamedTuple

from chassis.breaker.circuit import Outcome
from facade.http1.responses import ResponseHead


class Failure(NamedTuple):
    """A way in which an upstream did not answer."""

    phase: str
    status: int
    blames: bool
    text: str  # what a client is told; follows "The service behind this address "
    stale: bool = False  # may come from a pooled connection that the upstream had given up

    @property
    def outcome(self) -> Outcome:
        """What the upstream's breaker hears."""
        return Outcome.FAILURE if self.blames else Outcome.CANCELLED


UNAVAILABLE = Failure("unavailable", 503, False, "is not available at the moment.")
BUSY = Failure("busy", 503, False, "is busy: no connection became free in time.")
DRAINING = Failure("draining", 503, False, "is restarting.")
CONNECT = Failure("connect", 502, True, "refused the connection.")
CONNECT_TIMEOUT = Failure("connect-timeout", 504, True, "could not be reached in time.")
SEND = Failure("send", 502, True, "closed the connection while it was being asked.", stale=True)
CLOSED = Failure("closed", 502, True, "closed the connection without an answer.", stale=True)
FIRST_BYTE = Failure("first-byte", 504, True, "did not answer in time.")
DEADLINE = Failure("deadline", 504, True, "took longer than this request may take.")
NONSENSE = Failure("nonsense", 502, True, "gave an answer that is not valid HTTP.")
TRUNCATED = Failure("truncated", 502, True, "broke off in the middle of its answer.")
STALLED = Failure("stalled", 504, True, "stopped in the middle of its answer.")
# The upstream did answer, and says itself that it cannot serve.
GATEWAY_STATUS = Failure("status", 503, True, "answered that it cannot serve.")
DECLINED = Failure("declined", 503, False, "declined this request.")
# Legacy did not say whose session it is: neither side is to blame for this request.
IDENTITY = Failure("identity", 503, False, "cannot be told at the moment who is asking.")
# Nobody's fault behind us.
CLIENT_LEFT = Failure("client-left", 499, False, "was no longer waited for.")
CLIENT_BODY = Failure("client-body", 400, False, "was not asked: the request broke off.")

GATEWAY_STATUSES = frozenset({502, 503, 504})


def refusal(head: ResponseHead) -> Failure:
    """The failure that a gateway status means; declined means that nothing was done."""
    return DECLINED if head.declined is not None and head.status == 503 else GATEWAY_STATUS


def connecting(error: BaseException) -> Failure:
    """The failure that an exception while connecting means."""
    if isinstance(error, asyncio.CancelledError | TimeoutError):
        return CONNECT_TIMEOUT
    return CONNECT
