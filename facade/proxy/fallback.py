"""Legacy in place of a new side that fails: when that is allowed, and what changes with it."""

from random import random
from time import perf_counter

from chassis.breaker.circuit import REFUSED
from facade.http1.requests import request_bytes
from facade.proxy import errors
from facade.proxy.context import WorkerContext
from facade.proxy.errors import Failure
from facade.proxy.request import Request


def may_fall_back(request: Request, failure: Failure) -> bool:
    """Whether legacy may be asked in place of the new side.

    Writes go to legacy only when the new side says that it did nothing.
    """
    route, upload = request.state.route, request.upload
    if request.bound or request.attempt.side is request.state.legacy:
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
    request.attempt = state.legacy.attempt(now, random(), moment)
    if request.attempt.permit == REFUSED:
        return False
    request.fell_back = failure
    state.counts.fallbacks += 1
    if failure is errors.DECLINED:
        state.counts.declined += 1
    head = request.head
    # without what the new side alone is told
    request.attempt.sent = request_bytes(head, request.client.lines(head), request.trace)
    return True
