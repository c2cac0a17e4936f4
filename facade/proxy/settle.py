"""The end of an exchange: what is counted, what the breaker hears, what the log says."""

from time import perf_counter
from typing import TYPE_CHECKING, Any

from chassis.breaker.circuit import Outcome
from facade.http1.responses import ResponseHead
from facade.proxy.errors import GATEWAY_STATUSES

if TYPE_CHECKING:
    from facade.proxy.exchange import Exchange


def outcome_of(answer: ResponseHead) -> Outcome:
    """What a whole answer says of its upstream. One that declines is well, it only lags behind."""
    if answer.declined is not None:
        return Outcome.CANCELLED
    return Outcome.FAILURE if answer.status in GATEWAY_STATUSES else Outcome.SUCCESS


def log_line(exchange: "Exchange", status: int, now: float) -> dict[str, Any]:
    """The access log's line; times are in milliseconds since the head was read."""
    head, decision = exchange.head, exchange.decision
    first = exchange.first_byte
    return {
        "request_id": exchange.request_id,
        "client": exchange.client.facts.client(head),
        "method": head.method.decode("ascii"),
        "target": head.target.decode("ascii"),
        "status": status,
        "route": exchange.state.route.name,
        "side": exchange.lane.side,
        "stage": str(exchange.state.route.stage),
        "reason": "fallback" if exchange.fell_back else decision.reason,
        "bucket": decision.bucket,
        "table": exchange.version,
        "first_byte_ms": round((first - exchange.started) * 1000, 3) if first else None,
        "total_ms": round((now - exchange.started) * 1000, 3),
        "retried": exchange.retried,
    }


def settle(exchange: "Exchange", status: int, outcome: Outcome) -> None:
    """Count the end of an exchange that had been admitted; give the permit back."""
    now = perf_counter()
    # A stream may last for hours and be well: slow is who lets wait for the first byte.
    took = (exchange.first_byte or now) - exchange.attempt_started
    gateway = exchange.client.gateway
    if status:
        exchange.lane.counts.answered(status, now - exchange.started)
    else:
        gateway.counters.client.aborted += 1
    exchange.lane.breaker.release(exchange.permit, outcome, gateway.deadlines.now, took)
    if gateway.log.share and gateway.log.wanted():
        gateway.log.write(log_line(exchange, status or 499, now))
