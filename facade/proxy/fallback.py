"""A side that fails: when it is asked once more, or legacy in its place, and what changes then.

A read that the new side declined because it is behind returns to the new side where legacy cannot
answer either: the new side then answers with the data it has, and states its age.
"""

from random import random
from time import perf_counter
from typing import Final

from chassis.breaker.circuit import REFUSED
from chassis.web.headers import ALONE
from facade.http1.requests import request_bytes
from facade.proxy import errors
from facade.proxy.context import WorkerContext
from facade.proxy.errors import Failure
from facade.proxy.request import Attempt, Request

_ALONE: Final = b"%b: 1\r\n\r\n" % ALONE.encode()


def may_repeat(request: Request, failure: Failure, reused: bool) -> bool:
    """Whether the same side is asked once more, before anything of its answer came.

    The connection may have been stale, where it was `reused`; or a read stays without an answer of
    one of several instances, and another one is there.
    """
    if request.retried or not request.repeatable:
        return False
    if failure.stale and reused:
        return True
    lost = failure is errors.FIRST_BYTE or failure is errors.CLOSED
    return lost and request.state.route.safe and request.attempt.side.upstream.another


def repeat(request: Request) -> None:
    """Begin a second attempt with its own time: the breaker judges the instance that answers."""
    request.retried = True
    request.state.counts.retries += 1
    before = request.attempt
    request.attempt = Attempt(before.side, before.permit, perf_counter(), before.sent)


def may_fall_back(request: Request, failure: Failure) -> bool:
    """Whether legacy may be asked in place of the new side.

    A write goes to legacy only when the new side says that it did nothing. A read of a client that
    has just written in this domain never does where legacy has only a copy of it. A client that
    wrote in another domain gets an old answer of the new side rather than legacy's; legacy answers
    only where the new side gives no answer at all.
    """
    route, upload = request.state.route, request.upload
    if request.bound or request.wrote or request.attempt.side is request.state.legacy:
        return False
    if failure is errors.DECLINED and request.wrote_beside and route.safe:
        return False
    wanted = not failure.kind or failure.kind in route.trouble.kinds
    allowed = (route.fallback and wanted) or (route.yields and failure is errors.DECLINED)
    return allowed and (upload is None or upload.repeatable)


def turn_to_legacy(request: Request, failure: Failure, worker: WorkerContext) -> bool:
    """Replace the attempt by one at legacy; False when that is not allowed, or has no permit."""
    if not may_fall_back(request, failure) or failure is errors.DEADLINE:
        return False
    now, moment = worker.deadlines.now, perf_counter()
    state, attempt = request.state, request.attempt
    outcome = failure.outcome(attempt.side.counted)
    attempt.side.breaker.release(attempt.permit, outcome, now, moment - attempt.started)
    request.declined = attempt.sent if failure is errors.DECLINED else b""
    request.replaced(failure.phase, moment)
    request.attempt = state.legacy.attempt(now, random(), moment)
    if request.attempt.permit == REFUSED:
        return False
    request.fell_back = failure
    state.counts.fallbacks += 1
    if failure is errors.DECLINED:
        state.counts.declined += 1
    head, rewrite = request.head, state.legacy.asked
    # without the headers that only the new side gets
    facts = request.client.lines(head)
    asked = head if rewrite is None else rewrite.head(head)
    request.attempt.sent = request_bytes(asked, facts, request.trace)
    return True


def may_turn_back(request: Request, failure: Failure) -> bool:
    """Whether the new side may be asked once more, to answer a read with old data."""
    if request.bound or not request.state.route.safe or request.state.new is None:
        return False
    declined = failure is errors.DECLINED or request.fell_back is errors.DECLINED
    return declined and (request.upload is None or request.upload.repeatable)


def turn_back(request: Request, failure: Failure, worker: WorkerContext) -> bool:
    """Replace the attempt by one at the new side, with the header that no other side can answer."""
    new, attempt = request.state.new, request.attempt
    if new is None or not may_turn_back(request, failure) or failure is errors.DEADLINE:
        return False
    now, moment = worker.deadlines.now, perf_counter()
    outcome = failure.outcome(attempt.side.counted)
    attempt.side.breaker.release(attempt.permit, outcome, now, moment - attempt.started)
    head = attempt.sent if attempt.side is new else request.declined
    request.replaced(failure.phase, moment)
    request.attempt = new.attempt(now, random(), moment)
    if request.attempt.permit == REFUSED:
        return False
    request.bound = True
    request.fell_back = errors.DECLINED  # its client keeps the time of its last write
    request.attempt.sent = head[:-2] + _ALONE
    return True
