"""Limits in `/api/status` and `/metrics`: what became of requests, and who was refused most."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from prometheus_client import Metric

from facade.control.admin.models.status import LimitView, RefusedKey
from facade.control.admin.views.families import Counts, counter
from facade.routes.config.limitfile import LimitConfig
from facade.routes.config.routefile import RouteFile
from facade.routes.limits.limit import written_rate

OUTCOMES: Final = ("passed", "refused", "would_refuse", "keyless", "unchecked")
MOST_SHOWN: Final = 10  # keys of one limit


def limit_views(
    file: RouteFile, routes: Mapping[str, Counts], refused: Iterable[Mapping[str, Any]]
) -> list[LimitView]:
    """The limits of the file in force, in its order.

    `routes` are the sums over all workers; `refused` what each living worker says of keys.
    """
    keys: dict[str, Counter[str]] = {name: Counter() for name in file.limits}
    for one in refused:
        for name, counts in one.items():
            if name in keys:
                keys[name].update(counts)
    named = {
        name: [route.name for route in file.routes if name in route.limits] for name in file.limits
    }
    return [
        _view(config, named[name], _sum(name, routes), keys[name])
        for name, config in file.limits.items()
    ]


def limit_families(routes: Mapping[str, Counts]) -> Iterator[Metric]:
    """Requests by limit, route and what the limit made of them."""
    limits: dict[str, dict[str, Any]] = {}
    for route, counts in routes.items():
        for limit, outcomes in counts.get("limits", {}).items():
            limits.setdefault(limit, {})[route] = outcomes

    def numbers(of: Callable[[Any], Any]) -> Counts:
        return {
            name: {route: of(each) for route, each in one.items()} for name, one in limits.items()
        }

    yield counter(
        "facade_limit_requests",
        "Requests on routes with limits: passed, refused, would_refuse (mode shadow), keyless,"
        " unchecked.",
        ("limit", "route", "outcome"),
        numbers(lambda one: {outcome: one.get(outcome, 0) for outcome in OUTCOMES}),
    )
    yield counter(
        "facade_limit_forgotten",
        "Keys that had requests to wait for and were forgotten to make room.",
        ("limit", "route"),
        numbers(lambda one: one.get("forgotten", 0)),
    )
    yield counter(
        "facade_limit_unlocked",
        "Of those passed, while another worker held the memory: each may be one too many.",
        ("limit", "route"),
        numbers(lambda one: one.get("unlocked", 0)),
    )


def _sum(name: str, routes: Mapping[str, Counts]) -> Counter[str]:
    total: Counter[str] = Counter()
    for counts in routes.values():
        total.update(counts.get("limits", {}).get(name, {}))
    return total


def _view(
    config: LimitConfig, routes: list[str], counts: Counter[str], keys: Counter[str]
) -> LimitView:
    return LimitView(
        name=config.name,
        mode=config.mode,
        rate=written_rate(config.rate),
        burst=config.burst or config.rate.number,
        key=[str(source) for source in config.key],
        routes=routes,
        **{name: counts[name] for name in (*OUTCOMES, "unlocked", "forgotten")},
        who=[RefusedKey(key=key, times=times) for key, times in keys.most_common(MOST_SHOWN)],
    )
