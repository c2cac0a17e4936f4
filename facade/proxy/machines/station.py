"""The station of routes with `allow`: before anything is decided, and before limits.

credential ─ checked ─┬─ let in, or the route only counts ─▶ the next station
                      └─ refused ─▶ 401, 403 (400, 503), with WWW-Authenticate

A CORS preflight carries no credentials, and passes. A path that no route names, and that misses a
route which refuses by its spelling alone, is treated as that route's: legacy may take it for one.
"""

from operator import attrgetter
from typing import Final

from facade.proxy.counting.machines import MachineCounts
from facade.proxy.exchange import Exchange
from facade.proxy.limits.station import is_preflight
from facade.routes.machines.allow import (
    AWAY,
    WORDS,
    Allow,
    Checked,
    Machine,
    status_of,
)

_PAIR: Final = attrgetter("pair")
_SOON: Final = b"Retry-After: 1\r\n"


def let_in(exchange: Exchange, address: str) -> bool:
    """Whether the route lets the request in; False: it was answered. `address` is the client's."""
    request, worker = exchange.request, exchange.worker
    head = request.head
    if head.method == b"OPTIONS" and is_preflight(head):
        return True
    checked = worker.machines.check(map(_PAIR, head.fields))
    if isinstance(checked, Machine):
        request.machine = checked
    route = request.missed or request.state.route
    if route.allow is None:
        return True
    reason = route.allow.refusal(checked)
    counts = worker.counters.of_route(route.name).machines
    if reason is None:
        counts.passed += 1
        return True
    if not (reason == AWAY and not route.allow.enforced):
        worker.counters.unproven_of(route.name).add(_label(checked, reason, address))
    return _judge(exchange, route.allow, reason, counts)


def _judge(exchange: Exchange, allow: Allow, reason: str, counts: MachineCounts) -> bool:
    """Count a request that is not let in, and answer it where the route refuses."""
    if not allow.enforced:
        if reason == AWAY:
            counts.unchecked += 1
        else:
            counts.would_refuse += 1
            counts.because(reason)
        return True
    counts.refused += 1
    counts.because(reason)
    extra = allow.challenge(reason) + (_SOON if reason == AWAY else b"")
    text = f"The request {WORDS[reason]}."
    exchange.client.explain(exchange.request, status_of(reason), text, extra)
    return False


def _label(checked: Checked, reason: str, address: str) -> str:
    """The refused machine or client, in a form without secrets."""
    if isinstance(checked, Machine):
        return f"{checked.full_name}: {reason}"
    return f"{checked.shown or f'client {address}'}: {reason}"
