"""Composed routes in `/api/status` and `/metrics`: answers, and what became of their parts."""

from collections.abc import Iterator, Mapping

from prometheus_client import Metric

from facade.control.admin.models.status import ComposedView, PartView
from facade.control.admin.views.families import Counts, counter
from facade.proxy.composing.found import THERE
from facade.routes.config.routefile import RouteConfig, RouteFile


def composed_views(file: RouteFile, routes: Mapping[str, Counts]) -> list[ComposedView]:
    """The composed routes of the file in force; `routes` are the sums over all workers."""
    return [
        _view(config, routes.get(config.name, {}).get("composed", {}))
        for config in file.routes
        if config.compose
    ]


def composed_families(routes: Mapping[str, Counts]) -> Iterator[Metric]:
    """Parts by route, name and what came of them."""
    composed = {name: one["composed"] for name, one in routes.items() if one.get("composed")}
    yield counter(
        "facade_composed_partial",
        "Answers of composed routes that lack an optional part.",
        ("route",),
        {route: counts.get("partial", 0) for route, counts in composed.items()},
    )
    yield counter(
        "facade_composed_parts",
        "Parts of composed routes: there, or why they are missing.",
        ("route", "part", "outcome"),
        {route: counts.get("parts", {}) for route, counts in composed.items()},
    )


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
