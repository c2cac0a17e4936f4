"""What is made of a side's answer: the head for the client, legacy's in its place, the counts."""

from random import random
from time import perf_counter

from chassis.breaker.circuit import REFUSED, Outcome
from chassis.web.headers import DECISION
from facade.http1.fields import CLOSE, KEEP_ALIVE
from facade.http1.requests import request_bytes
from facade.http1.responses import ResponseHead, body_framing, response_bytes
from facade.proxy import errors
from facade.proxy.context import WorkerContext
from facade.proxy.counting.accesslog import log_line
from facade.proxy.errors import GATEWAY_STATUSES, Failure
from facade.proxy.request import Request


def answer_head(
    request: Request, answer: ResponseHead, worker: WorkerContext
) -> tuple[bytes, bool, bool]:
    """The bytes; whether the body goes in chunks; whether the connection is kept afterwards."""
    head, upload, current = request.head, request.upload, worker.current
    framing, chunked, until_close = body_framing(answer, head.http11)
    unsent = upload is not None and not upload.whole
    keep = head.keep_alive and not (until_close or unsent or current.draining)
    if not keep:
        framing += CLOSE
    elif not head.http11:
        framing += KEEP_ALIVE
    extra = b"" if answer.dated else current.date
    if current.expose:
        extra += decision_line(request)
    if request.state.route.noted or request.fell_back is not None:
        extra += worker.identity.answer_lines(request, answer)
    return response_bytes(answer, framing, extra), chunked, keep


def decision_line(request: Request) -> bytes:
    """`Fig-Decision`: why this side answered."""
    return (
        f"{DECISION}: side={request.attempt.side.name}; stage={request.state.route.stage}; "
        f"bucket={request.decision.bucket}; reason={request.reason}; table={request.version}\r\n"
    ).encode()


def may_fall_back(request: Request, failure: Failure) -> bool:
    """Whether legacy may be asked in place of the new side.

    Writes go to legacy only when the new side says that it did nothing.
    """
    route, upload = request.state.route, request.upload
    return (
        request.attempt.side is not request.state.legacy
        and (route.fallback or (route.yields and failure is errors.DECLINED))
        and (upload is None or upload.repeatable)
    )


def turn_to_legacy(request: Request, failure: Failure, worker: WorkerContext) -> bool:
    """Replace the attempt by one at legacy; False when that is not allowed, or has no permit."""
    if not may_fall_back(request, failure) or failure is errors.DEADLINE:
        return False
    now, moment = worker.deadlines.now, perf_counter()
    state, attempt = request.state, request.attempt
    attempt.side.breaker.release(attempt.permit, failure.outcome, now, moment - attempt.started)
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


def outcome_of(answer: ResponseHead) -> Outcome:
    """What a whole answer says of its upstream. One that declines is well, it only lags behind."""
    if answer.declined is not None:
        return Outcome.CANCELLED
    return Outcome.FAILURE if answer.status in GATEWAY_STATUSES else Outcome.SUCCESS


def settle(request: Request, status: int, outcome: Outcome, worker: WorkerContext) -> None:
    """Count the end of an admitted request, and give the permit back; status 0: no answer."""
    now, attempt = perf_counter(), request.attempt
    # A stream may last for hours and be well: a call is slow when its first byte takes long.
    took = (attempt.first_byte or now) - attempt.started
    if status:
        attempt.side.counts.answered(status, now - request.started)
    else:
        worker.counters.client.aborted += 1
    attempt.side.breaker.release(attempt.permit, outcome, worker.deadlines.now, took)
    log = worker.log
    if log.share and log.wanted():
        log.write(log_line(request, status or 499, now))
