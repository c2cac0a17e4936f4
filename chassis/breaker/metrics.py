"""The states of breakers as Prometheus metrics; each reason is one of a fixed few."""

from collections.abc import Iterable, Mapping, Sequence

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from chassis.breaker.circuit import State

Facts = Mapping[str, str | float | None]  # of Breaker.facts


def families(
    name: str, labels: Sequence[str], breakers: Iterable[tuple[Sequence[str], Facts]]
) -> tuple[Metric, ...]:
    """Gauges called `name` and after it; each breaker comes with the values of its labels."""
    state = GaugeMetricFamily(name, "1 for the state it is in.", labels=[*labels, "state"])
    lasted = GaugeMetricFamily(
        f"{name}_state_seconds",
        "How long it has been in that state; none before the first change.",
        labels=labels,
    )
    probe = GaugeMetricFamily(
        f"{name}_next_probe_seconds", "Until a probe is let go; only while open.", labels=labels
    )
    cause = GaugeMetricFamily(
        f"{name}_opened_by", "1 for what opened it the last time.", labels=[*labels, "cause"]
    )
    for values, facts in breakers:
        for each in State:
            state.add_metric([*values, each.value], float(facts["state"] == each.value))
        _add(lasted, values, facts["for"])
        _add(probe, values, facts["next_probe_in"])
        if facts["cause"]:
            cause.add_metric([*values, str(facts["cause"])], 1.0)
    return state, lasted, probe, cause


def _add(family: GaugeMetricFamily, labels: Sequence[str], value: str | float | None) -> None:
    if value is not None:
        family.add_metric(labels, float(value))
