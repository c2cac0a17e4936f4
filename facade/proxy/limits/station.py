"""The station of routes with `limits`: before a side is chosen a permit, and nothing is sent.

keys of the request ─┬─ each limit has one left, or only counts ─▶ the next station
                     └─ none left ─▶ 429

A request is counted once, wherever it goes and however often it is sent. A CORS preflight is not
counted, nor a request that has none of a limit's keys.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from facade.http1.requests import RequestHead
from facade.proxy.exchange import Exchange
from facade.proxy.limits import said
from facade.proxy.limits.buckets import Taken
from facade.proxy.limits.person import Asking, Next
from facade.routes.keys import Headers
from facade.routes.limits import Limit
from facade.runtime.debts import digest_of_key, shown

_NAME_AND_VALUE: Final = attrgetter("name", "value")


def within(exchange: Exchange, limits: Sequence[Limit], address: str, after: Next) -> None:
    """Go on where the limits let the request through, at once or when it is known who asks.

    `address` is the client's.
    """
    head, path = exchange.request.head, exchange.request.path
    if is_preflight(head):
        after.go_on()
        return
    headers = [*map(_NAME_AND_VALUE, head.fields)]
    if any(limit.asks(headers, path, address) for limit in limits):
        Asking(
            exchange,
            lambda person: _judge(exchange, limits, headers, address, person),
            after,
        ).start()
    elif _judge(exchange, limits, headers, address, ""):
        after.go_on()


def is_preflight(head: RequestHead) -> bool:
    """Whether a browser asks what it may ask: not what it was told to do."""
    return head.method == b"OPTIONS" and any(
        field.name == b"access-control-request-method" for field in head.fields
    )


def _judge(
    exchange: Exchange, limits: Sequence[Limit], headers: Headers, address: str, person: str
) -> bool:
    """Count the request; False: it was answered with 429."""
    request = exchange.request
    counts = request.state.counts
    wanted = []
    for limit in limits:
        key = limit.key(headers, request.path, address, person)
        if key is None:
            counts.limit(limit.name).keyless += 1
        else:
            digest = digest_of_key(limit, key)
            wanted.append((limit, digest, shown(key, digest)))
    if not wanted:
        return True
    taken = exchange.worker.limits.take(wanted)
    if taken is None:
        for limit, _digest, _label in wanted:
            counts.limit(limit.name).unchecked += 1
        return True
    return _count(exchange, taken)


def _count(exchange: Exchange, taken: Sequence[Taken]) -> bool:
    """Count what became of it; False: it was answered with 429."""
    request, counters = exchange.request, exchange.worker.counters
    violated = [one for one in taken if one.limit.enforced and one.arrival.refused]
    for one in taken:
        counts = request.state.counts.limit(one.limit.name)
        counts.forgotten += one.lost
        if one.arrival.refused:
            counters.refused_of(one.limit.name).add(one.label)
            if one.limit.enforced:
                counts.refused += 1
            else:
                counts.would_refuse += 1
        elif not violated:
            counts.passed += 1
            counts.unlocked += not one.locked
    if not violated:
        request.given += said.lines(taken)
        return True
    text, extra, members = said.refusal(violated)
    if not exchange.done:
        exchange.spare()
    exchange.client.explain(request, 429, text, extra, members)
    return False
