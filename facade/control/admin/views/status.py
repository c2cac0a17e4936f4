"""`/api/status`: what happens now, from the sums over all workers."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from facade.compare.evidence.bounds import upper_bound
from facade.compare.evidence.evidence import Evidence
from facade.control.admin.models.status import (
    CompareSums,
    IdentityView,
    LagView,
    Percentiles,
    Reload,
    RouteStatus,
    RouteView,
    Status,
    TesterSums,
    Totals,
    TroubleView,
    UpstreamView,
    WorkerView,
)
from facade.control.admin.views.composed import composed_views
from facade.control.admin.views.domains import Attempts, domain_views
from facade.control.admin.views.limits import limit_views
from facade.control.admin.views.machines import machines_view
from facade.control.admin.views.unmatched import unmatched_status
from facade.control.evidence_store.ledger import Ledger
from facade.control.intake.fleet import Fleet, Worker
from facade.control.intake.recent import SIDES, Recent
from facade.control.judging.noise import NoiseLearner
from facade.control.reporting.failures import Failures
from facade.control.reporting.news import News
from facade.control.reporting.trouble import Trouble
from facade.control.surroundings.lags import Lags
from facade.control.surroundings.tables import Tables
from facade.routes.config.routefile import RouteConfig
from facade.routes.route import COMPOSED
from facade.routes.table import UNMATCHED_NAME

SHOWN = 20  # of the last events and failed requests
POINTS = 100.0  # basis points in a percent


@dataclass(slots=True)
class Sources:
    """Everything the views read."""

    fleet: Fleet
    recent: Recent
    ledger: Ledger
    tables: Tables
    noise: NoiseLearner
    file: str  # the operator's route file
    lags: Lags | None = None
    recent_shapes: Recent = field(default_factory=Recent)  # of what no route names
    news: News = field(default_factory=News)
    failures: Failures = field(default_factory=Failures)
    in_doubt: Mapping[str, int] = field(default_factory=dict)  # by route; see Pipeline
    attempts: Attempts = field(default_factory=Attempts)  # to move a domain, the last of each
    issuers: Callable[[], Mapping[str, str]] = dict  # what went wrong at their addresses


def status(sources: Sources) -> Status:
    """The whole answer."""
    total = sources.fleet.total()
    routes = [
        route_status(sources, config, total["routes"])
        for config in sources.tables.routes()
        if not config.compose
    ]
    now = time.time()
    return Status(
        now=now,
        version=sources.tables.table.version if sources.tables.table else None,
        file=sources.file,
        reload=Reload.model_validate(sources.tables.reload()),
        troubles=[_trouble(since, trouble) for since, trouble in sources.news.standing()],
        events=[*reversed(sources.news.events)][:SHOWN],
        failed=sources.failures.find(most=SHOWN),
        workers=[_worker(worker, now) for worker in sources.fleet.living()],
        routes=routes,
        domains=domain_views(sources.tables, sources.attempts),
        unmatched=unmatched_status(total, sources.recent, sources.recent_shapes),
        upstreams={
            name: UpstreamView(**upstream, mended=total["mended"].get(name, {}))
            for name, upstream in sorted(total["upstreams"].items())
        },
        **_of_the_file(sources, total["routes"]),
        identity=_identity(sources.tables, total["identity"]),
        lag=_lag(sources.lags),
        totals=_totals(sources, total, routes),
    )


def route_views(tables: Tables) -> list[RouteView]:
    """`/api/routes`: the table in force, defaults filled in."""
    return [_view(config) for config in tables.routes()]


def compare_sums(evidence: Evidence | None) -> CompareSums:
    """A route's evidence in short."""
    if evidence is None:
        return CompareSums()
    counts, asked = evidence.total, evidence.asked
    return CompareSums(
        dispatched=asked.dispatched,
        completed=asked.completed,
        compared=counts.compared,
        matched=counts.matched,
        mismatched=counts.mismatched,
        raced=counts.raced,
        declined=counts.declined,
        failed=sum(counts.failures.values()),
        skipped=sum(counts.skipped.values()),
        shed=sum(asked.shed.values()),
        upper_bound=upper_bound(counts.mismatched, counts.compared),
    )


def percent_of(config: RouteConfig) -> float | None:
    """The share of keys that go to the new side, in percent; None outside canary."""
    return None if config.percent is None else config.percent / POINTS


def sample_of(config: RouteConfig) -> float:
    """The share of requests asked on both sides, in percent."""
    return config.compare.sample / POINTS if config.compare else 0.0


def _identity(tables: Tables, counts: dict[str, dict[str, int]]) -> IdentityView | None:
    options = tables.options().identity
    if options is None or tables.table is None:
        return None
    return IdentityView(ask=options.ask, upstream=tables.table.asked, counts=counts)


def _of_the_file(sources: Sources, routes: dict[str, Any]) -> dict[str, Any]:
    """The fields about sections of the route file in force; their defaults where there is none."""
    if sources.tables.table is None:
        return {}
    file = sources.tables.table.file
    workers = [worker.counters for worker in sources.fleet.living()]
    refused = (worker.get("refused", {}) for worker in workers)
    return {
        "limits": limit_views(file, routes, refused),
        "composed": composed_views(file, routes),
        "machines": machines_view(file, routes, workers, sources.issuers()),
    }


def _trouble(since: float, trouble: Trouble) -> TroubleView:
    return TroubleView(
        since=since, kind=trouble.kind.value, words=trouble.began(), amount=trouble.amount
    )


def route_status(sources: Sources, config: RouteConfig, routes: dict[str, Any]) -> RouteStatus:
    """One route now; `routes` are the sums over all workers."""
    counts = routes.get(config.name, {})
    latency = sources.recent.latency(config.name)
    return RouteStatus(
        name=config.name,
        match=config.match,
        stage=config.stage.value,
        percent=percent_of(config),
        sample=sample_of(config),
        new=config.new,
        requests=_sides(counts.get("requests")),
        status={side: counts.get("status", {}).get(side, {}) for side in SIDES},
        failures=counts.get("failures", {}),
        fallbacks=counts.get("fallbacks", 0),
        fallback_share=sources.recent.fallback_share(config.name),
        retries=counts.get("retries", 0),
        near_misses=counts.get("near_misses", 0),
        idempotency=counts.get("idempotency", {}),
        limited=counts.get("limited", 0),
        testers=TesterSums.model_validate(counts.get("testers", {})),
        latency={side: Percentiles.model_validate(latency[side]) for side in SIDES},
        rates=sources.recent.rates(config.name),
        shadow=counts.get("shadow", {}),
        compare=compare_sums(sources.ledger.routes.get(config.name)),
    )


def _totals(sources: Sources, total: dict[str, Any], routes: list[RouteStatus]) -> Totals:
    everything = total["routes"].values()
    rates = [route.rates for route in routes] + [sources.recent.rates(UNMATCHED_NAME)]
    client = total["client"]
    return Totals(
        requests={
            side: sum(_sides(one.get("requests"))[side] for one in everything) for side in SIDES
        },
        rates={side: round(sum(rate[side] for rate in rates), 2) for side in SIDES},
        failures=sum(sum(one.get("failures", {}).values()) for one in everything),
        fallbacks=sum(one.get("fallbacks", 0) for one in everything),
        server_errors=sum(
            one.get("status", {}).get(side, {}).get("5xx", 0)
            for one in everything
            for side in SIDES
        ),
        compared=sum(route.compare.compared for route in routes),
        mismatched=sum(route.compare.mismatched for route in routes),
        clients=total["open"],
        aborted=client.get("aborted", 0),
        bad_requests=client.get("bad_requests", 0),
    )


def _lag(lags: Lags | None) -> dict[str, LagView]:
    return {
        name: LagView(
            seconds=None if lag.seconds is None else round(lag.seconds, 3),
            reason=lag.reason,
            history=_history(lags, name),
        )
        for name, lag in sorted(lags.now.items() if lags else ())
    }


def _history(lags: Lags | None, name: str) -> list[float | None]:
    known = lags.history.get(name, ()) if lags else ()
    return [None if one is None else round(one, 3) for one in known]


def _worker(worker: Worker, now: float) -> WorkerView:
    number, pid, started = worker.identity
    return WorkerView(
        id=number,
        pid=pid,
        version=worker.version,
        build=worker.build,
        started=started,
        age_s=round(now - started, 1),
        quiet_s=round(now - worker.seen, 1),
    )


def _view(config: RouteConfig) -> RouteView:
    guard = config.guard
    return RouteView(
        name=config.name,
        match=config.match,
        stage=COMPOSED if config.compose else config.stage.value,
        percent=percent_of(config),
        new=config.new,
        key=[str(source) for source in config.key],
        seed=config.seed or config.name,
        fallback=config.fallback.allowed,
        sample=sample_of(config),
        rules=config.compare.rules if config.compare else None,
        guard=guard
        and {
            "max_mismatch": guard.max_mismatch and guard.max_mismatch / POINTS,
            "max_error_ratio": guard.max_error_ratio,
            "max_p95_ratio": guard.max_p95_ratio,
            "on_breach": guard.on_breach,
        },
        timeout=config.timeout,
    )


def _sides(counts: dict[str, int] | None) -> dict[str, int]:
    return {side: (counts or {}).get(side, 0) for side in SIDES}
