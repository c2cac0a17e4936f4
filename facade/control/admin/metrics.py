"""`/metrics`: the sums over all workers and the evidence, as Prometheus reads them."""

from collections.abc import Iterator
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from chassis.breaker.circuit import State
from chassis.breaker.metrics import families
from facade.compare.evidence.evidence import Evidence
from facade.control.admin.views.composed import composed_families
from facade.control.admin.views.families import counter, gauge
from facade.control.admin.views.limits import limit_families
from facade.control.admin.views.machines import machine_families
from facade.control.admin.views.status import Sources, compare_sums
from facade.control.admin.views.unmatched import unmatched_families
from facade.control.intake.recent import SECONDS, SIDES, Recent
from facade.control.tracing.intake import Traces
from facade.proxy.counting import histogram
from facade.routes.route import COMPOSED

_EVERY = histogram.PER_DOUBLING  # one bucket per doubling is fine enough for graphs
# Counts that each route has as plain numbers: name, and what is counted.
_OF_ROUTES = {
    "fallbacks": "Requests legacy answered in place of new.",
    "declined": "Of those, because new said it did nothing.",
    "diverted": "Of those, without asking new: nobody there, or breaker.",
    "near_misses": "Requests that went past a route by the spelling of their path alone.",
    "limited": "Logins that were refused: too many attempts.",
}
_OUTCOMES = ("matched", "mismatched", "raced", "declined", "failed", "skipped", "shed")


class FacadeCollector(Collector):
    """Reads the sums at each scrape; keeps nothing."""

    def __init__(self, sources: Sources, traces: Traces | None = None) -> None:
        self._sources = sources
        self._traces = traces

    def collect(self) -> Iterator[Metric]:
        """All families."""
        total = self._sources.fleet.total()
        yield from _routes(total["routes"])
        yield from limit_families(total["routes"])
        yield from composed_families(total["routes"])
        workers = [worker.counters for worker in self._sources.fleet.living()]
        yield from machine_families(total["routes"], workers)
        yield _fallback_shares(self._sources.recent, total["routes"])
        yield from unmatched_families(total["unmatched"])
        yield from _connections(self._sources, total)
        yield from _evidence(self._sources.ledger.routes)
        if self._traces is not None:
            yield _spans(self._traces)


def _spans(traces: Traces) -> Metric:
    about = "Spans of traced requests, also the services'."
    counts = {"kept": traces.kept, "dropped": traces.dropped}
    return counter("facade_spans", about, ("outcome",), counts)


def _routes(routes: dict[str, Any]) -> Iterator[Metric]:
    answers = {name: _answers(counts) for name, counts in routes.items()}
    labels = ("route", "side", "status")
    yield counter("facade_requests", "Whole answers.", labels, answers)
    failures = {name: _failures(counts) for name, counts in routes.items()}
    yield counter(
        "facade_failures", "Requests a side did not answer.", ("route", "failure"), failures
    )
    for plain, about in _OF_ROUTES.items():
        numbers = {name: counts.get(plain, 0) for name, counts in routes.items()}
        yield counter(f"facade_{plain}", about, ("route",), numbers)
    yield counter(
        "facade_idempotency",
        "Requests whose Idempotency-Key was used before, or is not kept.",
        ("route", "outcome"),
        {name: counts.get("idempotency", {}) for name, counts in routes.items()},
    )
    yield counter(
        "facade_testers",
        "Whole answers to testers of a route; in none of the other counts.",
        labels,
        {name: counts.get("testers", {}).get("status", {}) for name, counts in routes.items()},
    )
    yield _latency(routes)


def _answers(counts: dict[str, Any]) -> dict[str, Any]:
    """By side and class of status; the facade's own, of a composed route, are a side too."""
    sides = {side: counts.get("status", {}).get(side, {}) for side in SIDES}
    return sides | {COMPOSED: counts.get("composed", {}).get("status", {})}


def _failures(counts: dict[str, Any]) -> dict[str, Any]:
    own = counts.get("composed", {}).get("failures", {})
    named = {f"{COMPOSED}.{failure}": number for failure, number in own.items()}
    return {**counts.get("failures", {}), **named}


def _latency(routes: dict[str, Any]) -> Metric:
    latency = HistogramMetricFamily(
        "facade_latency_seconds", "Time to the whole answer.", labels=("route", "side")
    )
    for name, counts in routes.items():
        own = {COMPOSED: counts.get("composed", {}).get("latency")}
        for side, slots in {**counts.get("latency", {}), **own}.items():
            if slots and sum(slots):
                seconds = histogram.seconds(slots)
                latency.add_metric((name, side), _buckets(slots), sum_value=seconds)
    return latency


def _fallback_shares(recent: Recent, routes: dict[str, Any]) -> Metric:
    shares = {name: recent.fallback_share(name) for name in routes}
    return gauge(
        "facade_fallback_share",
        f"Of a route's requests meant for new, those legacy was asked instead, in 0..1, over the"
        f" last {SECONDS:g} seconds; none where none were meant for it.",
        ("route",),
        {name: share for name, share in shares.items() if share is not None},
    )


def _buckets(slots: list[int]) -> list[tuple[str, float]]:
    buckets: list[tuple[str, float]] = []
    for at in range(0, len(histogram.BOUNDS_MS), _EVERY):
        buckets.append((repr(histogram.BOUNDS_MS[at] / 1000.0), float(sum(slots[: at + 1]))))
    return [*buckets, ("+Inf", float(sum(slots)))]


def _connections(sources: Sources, total: dict[str, Any]) -> Iterator[Metric]:
    yield GaugeMetricFamily("facade_workers", "Connected workers.", len(sources.fleet.living()))
    yield GaugeMetricFamily("facade_clients", "Open client connections.", total["open"])
    yield counter("facade_client_events", "What clients did.", ("event",), total["client"])
    about = "Questions about who is asking."
    yield counter("facade_identity", about, ("upstream", "event"), total["identity"])
    about = "Malformed answers, put right."
    yield counter("facade_mended", about, ("upstream", "fault"), total["mended"])
    breakers = {name: upstream["breaker"] for name, upstream in total["upstreams"].items()}
    labels, about = ("upstream", "of"), "1 where a breaker lets nothing through."
    states = {
        name: {each: float(facts["state"] == State.OPEN) for each, facts in classes.items()}
        for name, classes in breakers.items()
    }
    yield gauge("facade_breaker_open", about, labels, states)
    standing = [
        ((name, each), facts)
        for name, classes in breakers.items()
        for each, facts in classes.items()
    ]
    yield from families("facade_breaker", labels, standing)


def _evidence(routes: dict[str, Evidence]) -> Iterator[Metric]:
    sums = {name: compare_sums(evidence) for name, evidence in routes.items()}
    pairs = {name: {each: getattr(one, each) for each in _OUTCOMES} for name, one in sums.items()}
    about = "Pairs of the open window."
    yield gauge("facade_compare_pairs", about, ("route", "outcome"), pairs)
    bounds = {name: one.upper_bound for name, one in sums.items()}
    about = "Of the mismatch rate, at 95 %."
    yield gauge("facade_compare_upper_bound", about, ("route",), bounds)
