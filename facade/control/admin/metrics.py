"""`/metrics`: the sums over all workers and the evidence, as Prometheus reads them."""

from collections.abc import Callable, Iterator
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.registry import Collector

from chassis.breaker.circuit import State
from chassis.breaker.metrics import families
from facade.compare.evidence.bounds import upper_bound
from facade.compare.evidence.evidence import Evidence
from facade.control.admin.views.composed import composed_families
from facade.control.admin.views.limits import limit_families
from facade.control.admin.views.machines import machine_families
from facade.control.admin.views.status import Sources
from facade.control.admin.views.unmatched import unmatched_families
from facade.control.intake.recent import SECONDS, SIDES, Recent
from facade.control.tracing.intake import Traces
from facade.proxy.counting import histogram
from facade.routes.route import COMPOSED

_EVERY = histogram.PER_DOUBLING  # one bucket per doubling is fine enough for graphs


class FacadeCollector(Collector):
    """Reads the sums at each scrape; keeps nothing."""

    def __init__(self, sources: Sources, traces: Traces | None = None) -> None:
        self._sources = sources
        self._traces = traces

    def collect(self) -> Iterator[Metric]:
        """All families."""
        total = self._sources.fleet.total()
        yield from _routes(total["routes"])
        yield _testers(total["routes"])
        yield from limit_families(total["routes"])
        yield from composed_families(total["routes"])
        workers = [worker.counters for worker in self._sources.fleet.living()]
        yield from machine_families(total["routes"], workers)
        yield _fallback_shares(self._sources.recent, total["routes"])
        yield from unmatched_families(total["unmatched"])
        yield from _door(self._sources, total)
        yield from _evidence(self._sources.ledger.routes)
        if self._traces is not None:
            yield _spans(self._traces)


def _spans(traces: Traces) -> Metric:
    family = CounterMetricFamily(
        "facade_spans", "Spans of traced requests, also the services'.", labels=("outcome",)
    )
    family.add_metric(("kept",), traces.kept)
    family.add_metric(("dropped",), traces.dropped)
    return family


def _routes(routes: dict[str, Any]) -> Iterator[Metric]:
    requests = CounterMetricFamily(
        "facade_requests", "Whole answers.", labels=("route", "side", "status")
    )
    failures = CounterMetricFamily(
        "facade_failures", "Requests a side did not answer.", labels=("route", "failure")
    )
    fallbacks = CounterMetricFamily(
        "facade_fallbacks", "Requests legacy answered in place of new.", labels=("route",)
    )
    declined = CounterMetricFamily(
        "facade_declined", "Of those, because new said it did nothing.", labels=("route",)
    )
    diverted = CounterMetricFamily(
        "facade_diverted",
        "Of those, without asking new: nobody there, or breaker.",
        labels=("route",),
    )
    near_misses = CounterMetricFamily(
        "facade_near_misses",
        "Requests that went past a route by the spelling of their path alone.",
        labels=("route",),
    )
    keyed = CounterMetricFamily(
        "facade_idempotency",
        "Requests whose Idempotency-Key was used before, or is not kept.",
        labels=("route", "outcome"),
    )
    limited = CounterMetricFamily(
        "facade_limited", "Logins that were refused: too many attempts.", labels=("route",)
    )
    latency = HistogramMetricFamily(
        "facade_latency_seconds", "Time to the whole answer.", labels=("route", "side")
    )
    for name, counts in routes.items():
        composed = counts.get("composed", {})
        for side in (*SIDES, COMPOSED):
            own = side == COMPOSED
            answers = composed.get("status", {}) if own else counts.get("status", {}).get(side, {})
            for status, number in answers.items():
                requests.add_metric((name, side, status), number)
            slots = composed.get("latency") if own else counts.get("latency", {}).get(side)
            if slots and sum(slots):
                latency.add_metric(
                    (name, side), _buckets(slots), sum_value=histogram.seconds(slots)
                )
        for failure, number in counts.get("failures", {}).items():
            failures.add_metric((name, failure), number)
        for failure, number in composed.get("failures", {}).items():
            failures.add_metric((name, f"{COMPOSED}.{failure}"), number)
        fallbacks.add_metric((name,), counts.get("fallbacks", 0))
        declined.add_metric((name,), counts.get("declined", 0))
        diverted.add_metric((name,), counts.get("diverted", 0))
        near_misses.add_metric((name,), counts.get("near_misses", 0))
        limited.add_metric((name,), counts.get("limited", 0))
        for outcome, number in counts.get("idempotency", {}).items():
            keyed.add_metric((name, outcome), number)
    yield from (requests, failures, fallbacks, declined, diverted, near_misses, limited, keyed)
    yield latency


def _testers(routes: dict[str, Any]) -> Metric:
    family = CounterMetricFamily(
        "facade_testers",
        "Whole answers to testers of a route; in none of the other counts.",
        labels=("route", "side", "status"),
    )
    for name, counts in routes.items():
        for side, answers in counts.get("testers", {}).get("status", {}).items():
            for status, number in answers.items():
                family.add_metric((name, side, status), number)
    return family


def _fallback_shares(recent: Recent, routes: dict[str, Any]) -> Metric:
    shares = GaugeMetricFamily(
        "facade_fallback_share",
        f"Of a route's requests meant for new, those legacy was asked instead, in 0..1, over the"
        f" last {SECONDS:g} seconds; none where none were meant for it.",
        labels=("route",),
    )
    for name in routes:
        share = recent.fallback_share(name)
        if share is not None:
            shares.add_metric((name,), share)
    return shares


def _buckets(slots: list[int]) -> list[tuple[str, float]]:
    buckets: list[tuple[str, float]] = []
    for at in range(0, len(histogram.BOUNDS_MS), _EVERY):
        buckets.append((repr(histogram.BOUNDS_MS[at] / 1000.0), float(sum(slots[: at + 1]))))
    return [*buckets, ("+Inf", float(sum(slots)))]


def _door(sources: Sources, total: dict[str, Any]) -> Iterator[Metric]:
    yield GaugeMetricFamily("facade_workers", "Connected workers.", len(sources.fleet.living()))
    yield GaugeMetricFamily("facade_clients", "Open client connections.", total["open"])
    client = CounterMetricFamily("facade_client_events", "What clients did.", labels=("event",))
    for event, number in total["client"].items():
        client.add_metric((event,), number)
    identity = CounterMetricFamily(
        "facade_identity", "Questions about who is asking.", labels=("upstream", "event")
    )
    for upstream, events in total["identity"].items():
        for event, number in events.items():
            identity.add_metric((upstream, event), number)
    mended = CounterMetricFamily(
        "facade_mended", "Malformed answers, put right.", labels=("upstream", "fault")
    )
    for upstream, kinds in total["mended"].items():
        for kind, number in kinds.items():
            mended.add_metric((upstream, kind), number)
    breakers = GaugeMetricFamily(
        "facade_breaker_open", "1 where a breaker lets nothing through.", labels=("upstream", "of")
    )
    standing = [
        ((name, route_class), facts)
        for name, upstream in total["upstreams"].items()
        for route_class, facts in upstream["breaker"].items()
    ]
    for labels, facts in standing:
        breakers.add_metric(labels, float(facts["state"] == State.OPEN))
    yield from (client, identity, mended, breakers)
    yield from families("facade_breaker", ("upstream", "of"), standing)


_OUTCOMES: dict[str, Callable[[Evidence], int]] = {
    "matched": lambda one: one.total.matched,
    "mismatched": lambda one: one.total.mismatched,
    "raced": lambda one: one.total.raced,
    "declined": lambda one: one.total.declined,
    "failed": lambda one: sum(one.total.failures.values()),
    "skipped": lambda one: sum(one.total.skipped.values()),
    "shed": lambda one: sum(one.asked.shed.values()),
}


def _evidence(routes: dict[str, Evidence]) -> Iterator[Metric]:
    pairs = GaugeMetricFamily(
        "facade_compare_pairs", "Pairs of the open window.", labels=("route", "outcome")
    )
    bound = GaugeMetricFamily(
        "facade_compare_upper_bound", "Of the mismatch rate, at 95 %.", labels=("route",)
    )
    for name, evidence in routes.items():
        for outcome, count in _OUTCOMES.items():
            pairs.add_metric((name, outcome), count(evidence))
        total = evidence.total
        bound.add_metric((name,), upper_bound(total.mismatched, total.compared))
    yield from (pairs, bound)
