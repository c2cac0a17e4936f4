"""The station of routes with `limits`: before a side is chosen a permit, and nothing is sent.

keys of the request ─┬─ each limit has one left, or only counts ─▶ the next station
                     └─ none left ─▶ 429

A request is counted once, wherever it goes and however often it is sent. A CORS preflight is not
counted, nor a request that has none of a limit's keys.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Final

from facade.http1.requests import RequestHead
from facade.proxy.exchange import Exchange
from facade.proxy.limits import ratelimit
from facade.proxy.limits.buckets import Taken
from facade.proxy.limits.person import Next, PersonLookup
from facade.routes.keys import Headers
from facade.routes.limits.limit import API_KEY, MACHINE, PERSON, Limit, Named
from facade.routes.machines.allow import API_KEY as KEYED
from facade.routes.machines.allow import Machine
from facade.runtime.debts import shown

_PAIR: Final = attrgetter("pair")


def within(
    exchange: Exchange, limits: Sequence[Limit], address: str, after: Callable[[], Next]
) -> bool:
    """Whether the limits let the request through.

    False: it was answered with 429, or waits until the person is known, and then goes on to what
    `after` returns. `address` is the client's.
    """
    head, path = exchange.request.head, exchange.request.path
    if head.method == b"OPTIONS" and is_preflight(head):
        return True
    headers: Headers = ()
    asks = False
    machine = exchange.request.machine
    named = _NOBODY if machine is None else _named(machine)
    for limit in limits:
        if not limit.by_address and not headers:
            headers = [*map(_PAIR, head.fields)]
        asks = asks or (limit.by_person and limit.asks(headers, path, address, named))
    if not asks:
        return _judge(exchange, limits, headers, address, named)

    def judge(person: str) -> bool:
        return _judge(exchange, limits, headers, address, {**named, PERSON: person})

    return PersonLookup(exchange, judge, after).start()


_NOBODY: Final[Named] = {}


def _named(machine: Machine) -> Named:
    """What limits may count a machine by."""
    if machine.kind == KEYED:
        return {API_KEY: machine.name, MACHINE: machine.full_name}
    return {MACHINE: machine.full_name}


def is_preflight(head: RequestHead) -> bool:
    """Whether an OPTIONS is a CORS preflight, which a browser sends by itself."""
    return any(field.name == b"access-control-request-method" for field in head.fields)


def _judge(
    exchange: Exchange, limits: Sequence[Limit], headers: Headers, address: str, named: Named
) -> bool:
    """Count the request; False: it was answered with 429."""
    request = exchange.request
    counts = request.state.counts
    wanted = []
    for limit in limits:
        key = limit.key(headers, request.path, address, named)
        if key is None:
            counts.limit(limit.name).keyless += 1
        else:
            wanted.append((limit, key))
    if not wanted:
        return True
    taken = exchange.worker.limits.take(wanted)
    if taken is None:
        for limit, _key in wanted:
            counts.limit(limit.name).unchecked += 1
        return True
    return _count(exchange, taken)


def _count(exchange: Exchange, taken: Sequence[Taken]) -> bool:
    """Count the outcome; False: the request was answered with 429."""
    request, counters = exchange.request, exchange.worker.counters
    violated = [one for one in taken if one.limit.enforced and one.arrival.left < 0]
    for one in taken:
        counts = request.state.counts.limit(one.limit.name)
        counts.forgotten += one.lost
        if one.arrival.left < 0:
            counters.refused_of(one.limit.name).add(shown(one.key, one.digest))
            if one.limit.enforced:
                counts.refused += 1
            else:
                counts.would_refuse += 1
        elif not violated:
            counts.passed += 1
            counts.unlocked += not one.locked
    if not violated:
        request.given += ratelimit.lines(taken)
        return True
    text, extra, members = ratelimit.refusal(violated)
    if not exchange.done:
        exchange.spare()
    exchange.client.explain(request, 429, text, extra, members)
    return False
