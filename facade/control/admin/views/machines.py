"""Machines in `/api/status` and `/metrics`: who was let in, who refused, and what is known."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from facade.control.admin.models import AllowView, MachinesView, RefusedKey, SourceView
from facade.routes.config.machinefile import AllowConfig
from facade.routes.config.routefile import RouteFile
from facade.routes.machines.explained import demands_of

OUTCOMES: Final = ("passed", "refused", "would_refuse", "unchecked")
MOST_SHOWN: Final = 10  # machines of one route

Counts = Mapping[str, Any]  # as the counters frame has them


def machines_view(
    file: RouteFile,
    routes: Mapping[str, Counts],
    workers: Iterable[Mapping[str, Any]],
    errors: Mapping[str, str],
) -> MachinesView:
    """The routes with `allow`, and the sources of credentials.

    `routes` are the sums over all workers, `workers` what each living one says, `errors` what went
    wrong at the addresses of issuers.
    """
    told = [*workers]
    who: dict[str, Counter[str]] = {}
    for worker in told:
        for route, keys in worker.get("unproven", {}).items():
            who.setdefault(route, Counter()).update(keys)
    return MachinesView(
        routes=[
            _route(config.name, config.allow, routes, who.get(config.name, Counter()))
            for config in file.routes
            if config.allow is not None
        ],
        sources=[*_sources(file, told, errors)],
    )


def machine_families(
    routes: Mapping[str, Counts], workers: Iterable[Mapping[str, Any]]
) -> Iterator[Metric]:
    """Requests by route and outcome, and why they were not let in; the keys that are known."""
    requests = CounterMetricFamily(
        "facade_machine_requests",
        "Requests on routes with allow: passed, refused, would_refuse (mode shadow), unchecked.",
        labels=("route", "outcome"),
    )
    reasons = CounterMetricFamily(
        "facade_machine_refusals",
        "Of those refused, or that would be: why.",
        labels=("route", "reason"),
    )
    known = GaugeMetricFamily(
        "facade_machine_keys",
        "API keys, and keys of issuers, that the worker knows which knows least; 0: none yet.",
        labels=("source",),
    )
    for route, counts in routes.items():
        found = counts.get("machines", {})
        if not found:
            continue
        for outcome in OUTCOMES:
            requests.add_metric((route, outcome), found.get(outcome, 0))
        for reason, number in found.get("reasons", {}).items():
            reasons.add_metric((route, reason), number)
    least: dict[str, int] = {}
    for worker in workers:
        for source, facts in worker.get("machines", {}).items():
            number = facts.get("keys") or 0
            least[source] = min(least.get(source, number), number)
    for source, number in least.items():
        known.add_metric((source,), number)
    yield from (requests, reasons, known)


def unknown_keys(workers: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """By the issuer's name, tokens that came signed by a key that a worker does not know."""
    total: Counter[str] = Counter()
    for worker in workers:
        for source, facts in worker.get("machines", {}).items():
            total[source] += facts.get("unknown", 0)
    return total


def _route(
    name: str, allow: AllowConfig, routes: Mapping[str, Counts], who: Counter[str]
) -> AllowView:
    counts = routes.get(name, {}).get("machines", {})
    return AllowView(
        route=name,
        mode=allow.mode,
        demands=demands_of(allow),
        passed=counts.get("passed", 0),
        refused=counts.get("refused", 0),
        would_refuse=counts.get("would_refuse", 0),
        unchecked=counts.get("unchecked", 0),
        reasons=counts.get("reasons", {}),
        who=[RefusedKey(key=key, times=times) for key, times in who.most_common(MOST_SHOWN)],
    )


def _sources(
    file: RouteFile, workers: list[Mapping[str, Any]], errors: Mapping[str, str]
) -> Iterator[SourceView]:
    known = [worker.get("machines", {}) for worker in workers]
    places = {name: one.jwks for name, one in file.machines.issuers.items()}
    if file.machines.keys is not None:
        places = {"keys": file.machines.keys.file, **places}
    for name, place in places.items():
        facts = [one[name] for one in known if name in one]
        numbers = [one.get("keys") for one in facts]
        said = [one["error"] for one in facts if one.get("error")]
        yield SourceView(
            name=name,
            place=place,
            keys=None if not numbers or None in numbers else min(numbers),
            unknown=sum(one.get("unknown", 0) for one in facts),
            error=errors.get(name) or next(iter(said), ""),
        )
