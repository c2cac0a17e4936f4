"""Counts of requests that no route names, by "method shape", bounded also over many workers."""

from typing import Any

from facade.control.intake import sums
from facade.proxy.counting.histogram import dense
from facade.routes.unmatched import MOST_SHAPES, OTHERS

_OTHERS = f"* {OTHERS}"

# In the form of a route's counts; latency as histogram.sparse gives it.
Shapes = dict[str, dict[str, Any]]


def bounded(shapes: Shapes) -> Shapes:
    """The MOST_SHAPES shapes with the most answers, largest first, then the sum of the others."""
    named = sorted(
        (name for name in shapes if name != _OTHERS),
        key=lambda name: (-answers(shapes[name]), name),
    )
    found = {name: shapes[name] for name in named[:MOST_SHAPES]}
    others: dict[str, Any] = {}
    for name in (_OTHERS, *named[MOST_SHAPES:]):
        sums.add(others, shapes.get(name, {}))
    if others:
        found[_OTHERS] = others
    return found


def answers(shape: dict[str, Any]) -> int:
    """How many whole answers a shape had."""
    return int(shape.get("requests", {}).get("legacy", 0))


def with_histograms(shapes: Shapes) -> Shapes:
    """The same with latency as whole histograms, as routes have them."""
    return {
        name: shape | {"latency": {"legacy": dense(shape.get("latency", {}).get("legacy", {}))}}
        for name, shape in shapes.items()
    }
