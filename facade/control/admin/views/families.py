"""Metric families of counts that lie in objects, one level of names for each label."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

Counts = Mapping[str, Any]  # as the counters frame has them


def counter(name: str, about: str, labels: Sequence[str], counts: Counts) -> Metric:
    """A counter: `{"product": {"new": 3}}` with two labels is 3 for ("product", "new")."""
    family = CounterMetricFamily(name, about, labels=labels)
    for values, number in _leaves(counts, len(labels)):
        family.add_metric(values, number)
    return family


def gauge(name: str, about: str, labels: Sequence[str], counts: Counts) -> Metric:
    """The same as a gauge."""
    family = GaugeMetricFamily(name, about, labels=labels)
    for values, number in _leaves(counts, len(labels)):
        family.add_metric(values, number)
    return family


def _leaves(counts: Any, levels: int) -> Iterator[tuple[tuple[str, ...], float]]:
    if levels == 0:
        yield (), counts
        return
    for name, inner in counts.items():
        for values, number in _leaves(inner, levels - 1):
            yield (name, *values), number
