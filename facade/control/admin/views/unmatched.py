"""What no route names, as `/api/status` and `/metrics` show it: in sum, and by method and shape."""

from collections.abc import Iterator
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, SummaryMetricFamily

from facade.control.admin.models.status import Percentiles, ShapeStatus, UnmatchedStatus
from facade.control.intake.recent import Recent
from facade.control.intake.shapes import Shapes, answers
from facade.proxy.counting import histogram
from facade.routes.table import UNMATCHED_NAME

_BY = ("method", "shape")


def unmatched_status(total: dict[str, Any], routes: Recent, shapes: Recent) -> UnmatchedStatus:
    """The row of `total`; rates and latencies are of the last ten seconds."""
    return UnmatchedStatus(
        **_counts(total["routes"].get(UNMATCHED_NAME, {}), routes, UNMATCHED_NAME),
        shapes=[
            ShapeStatus(**_named(name), **_counts(counts, shapes, name))
            for name, counts in total["unmatched"].items()
        ],
    )


def unmatched_families(shapes: Shapes) -> Iterator[Metric]:
    """Requests, failures and latency by method and shape."""
    requests = CounterMetricFamily(
        "facade_unmatched_requests", "Whole answers to no route.", labels=(*_BY, "status")
    )
    failures = CounterMetricFamily(
        "facade_unmatched_failures", "Of no route, unanswered.", labels=(*_BY, "failure")
    )
    latency = SummaryMetricFamily(
        "facade_unmatched_latency_seconds", "Time to the whole answer, of no route.", labels=_BY
    )
    for name, counts in shapes.items():
        labels = tuple(_named(name).values())
        for status, number in counts.get("status", {}).get("legacy", {}).items():
            requests.add_metric((*labels, status), number)
        for failure, number in counts.get("failures", {}).items():
            failures.add_metric((*labels, failure), number)
        seconds = histogram.seconds(counts["latency"]["legacy"])
        latency.add_metric(labels, answers(counts), seconds)
    yield from (requests, failures, latency)


def _named(name: str) -> dict[str, str]:
    method, _, shape = name.partition(" ")
    return {"method": method, "shape": shape}


def _counts(counts: dict[str, Any], recent: Recent, name: str) -> dict[str, Any]:
    return {
        "requests": answers(counts),
        "status": counts.get("status", {}).get("legacy", {}),
        "failures": counts.get("failures", {}),
        "rate": max(0.0, recent.rates(name)["legacy"]),  # a shape may begin again at 0
        "latency": Percentiles.model_validate(recent.latency(name)["legacy"]),
    }
