"""Legacy in place of a new side that fails: when that is allowed, and what changes with it."""

from random import random
from time import perf_counter
from typing import TYPE_CHECKING

from chassis.breaker.circuit import REFUSED
from facade.http1 import writing as headers
from facade.proxy import errors
from facade.proxy.errors import Failure

if TYPE_CHECKING:
    from facade.proxy.exchange import Exchange


def may_fall_back(exchange: "Exchange", failure: Failure) -> bool:
    """Writes go to legacy only when the new side says that it did nothing."""
    route = exchange.state.route
    return (
        exchange.lane is not exchange.state.legacy
        and (route.fallback or (route.yields and failure is errors.DECLINED))
        and (exchange.upload is None or exchange.upload.repeatable)
    )


def turn_to_legacy(exchange: "Exchange", failure: Failure) -> bool:
    """Ask legacy in place of the new side; False when that is not allowed, or in vain."""
    state, gateway = exchange.state, exchange.client.gateway
    if not may_fall_back(exchange, failure) or failure is errors.DEADLINE:
        return False
    now, took = gateway.deadlines.now, perf_counter() - exchange.attempt_started
    exchange.lane.breaker.release(exchange.permit, failure.outcome, now, took)
    exchange.lane, exchange.permit = state.legacy, state.legacy.admit(now, random())
    if exchange.permit == REFUSED:
        return False
    exchange.fell_back = failure
    exchange.attempt_started, exchange.first_byte = perf_counter(), 0.0
    state.counts.fallbacks += 1
    if failure is errors.DECLINED:
        state.counts.declined += 1
    facts = exchange.client.facts.lines(exchange.head)  # without what the new side alone is told
    exchange.sent = headers.request_bytes(exchange.head, facts, exchange.trace)
    return True
