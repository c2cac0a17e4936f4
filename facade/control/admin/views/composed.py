"""Composed routes in `/api/status` and `/metrics`: answers, and what became of their parts."""

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily

from facade.control.admin.models import ComposedView, PartView
from facade.proxy.composing.found import THERE
from facade.routes.config.routefile import RouteConfig, RouteFile

Counts = Mapping[str, Any]  # as the counters frame has them


def composed_views(file: RouteFile, routes: Mapping[str, Counts]) -> list[ComposedView]:
    """The composed routes of the file in force; `routes` are the sums over all workers."""
    return [
        _view(config, routes.get(config.name, {}).get("composed", {}))
        for config in file.routes
        if config.compose
    ]


def composed_families(routes: Mapping[str, Counts]) -> Iterator[Metric]:
    """Parts by route, name and what came of them."""
    partial = CounterMetricFamily(
        "facade_composed_partial",
        "Answers of composed routes that lack an optional part.",
        labels=("route",),
    )
    parts = CounterMetricFamily(
        "facade_composed_parts",
        "Parts of composed routes: there, or why they are missing.",
        labels=("route", "part", "outcome"),
    )
    for route, counts in routes.items():
        composed = counts.get("composed", {})
        if composed:
            partial.add_metric((route,), composed.get("partial", 0))
        for part, outcomes in composed.get("parts", {}).items():
            for outcome, number in outcomes.items():
                parts.add_metric((route, part, outcome), number)
    yield from (partial, parts)


def _view(config: RouteConfig, counts: Counts) -> ComposedView:
    outcomes = counts.get("parts", {})
    return ComposedView(
        name=config.name,
        match=config.match,
        requests=counts.get("requests", 0),
        status=counts.get("status", {}),
        partial=counts.get("partial", 0),
        parts=[
            PartView(
                name=part.name,
                get=part.get,
                optional=part.optional,
                there=outcomes.get(part.name, {}).get(THERE, 0),
                missing={
                    reason: number
                    for reason, number in outcomes.get(part.name, {}).items()
                    if reason != THERE
                },
            )
            for part in config.compose
        ],
    )
