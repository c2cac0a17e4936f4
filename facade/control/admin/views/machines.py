"""Machines in `/api/status` and `/metrics`: who was let in, who refused, and what is known."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from prometheus_client import Metric

from facade.control.admin.models.status import AllowView, MachinesView, RefusedKey, SourceView
from facade.control.admin.views.families import Counts, counter, gauge
from facade.routes.config.machinefile import AllowConfig
from facade.routes.config.routefile import RouteFile
from facade.routes.machines.explained import demands_of

OUTCOMES: Final = ("passed", "refused", "would_refuse", "unchecked")
MOST_SHOWN: Final = 10  # machines of one route


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
    counters = [*workers]
    who: dict[str, Counter[str]] = {}
    for worker in counters:
        for route, keys in worker.get("unproven", {}).items():
            who.setdefault(route, Counter()).update(keys)
    return MachinesView(
        routes=[
            _route(config.name, config.allow, routes, who.get(config.name, Counter()))
            for config in file.routes
            if config.allow is not None
        ],
        sources=[*_sources(file, counters, errors)],
    )


def machine_families(
    routes: Mapping[str, Counts], workers: Iterable[Mapping[str, Any]]
) -> Iterator[Metric]:
    """Requests by route and outcome, and why they were not let in; the keys that are known."""
    machines = {route: one["machines"] for route, one in routes.items() if one.get("machines")}
    yield counter(
        "facade_machine_requests",
        "Requests on routes with allow: passed, refused, would_refuse (mode shadow), unchecked.",
        ("route", "outcome"),
        {
            route: {outcome: counts.get(outcome, 0) for outcome in OUTCOMES}
            for route, counts in machines.items()
        },
    )
    yield counter(
        "facade_machine_refusals",
        "Of those refused, or that would be: why.",
        ("route", "reason"),
        {route: counts.get("reasons", {}) for route, counts in machines.items()},
    )
    least: dict[str, int] = {}
    for worker in workers:
        for source, facts in worker.get("machines", {}).items():
            number = facts.get("keys") or 0
            least[source] = min(least.get(source, number), number)
    yield gauge(
        "facade_machine_keys",
        "API keys, and keys of issuers, that the worker knows which knows least; 0: none yet.",
        ("source",),
        least,
    )


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
        **{name: counts.get(name, 0) for name in OUTCOMES},
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
