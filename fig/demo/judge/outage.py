"""What a time without legacy was like, from the samples before and after it; pure."""

from __future__ import annotations

from collections.abc import Sequence

from fig.demo.judge.record import Outage
from fig.demo.judge.sample import Sample


def outage_of(before: Sample, after: Sample, ready: float, routes: Sequence[str]) -> Outage:
    """`routes` are those that had been moved; all times are seconds since the demo began."""
    moved = tuple(name for name in routes if before.routes[name].stage == "new")
    errors = {
        name: route.errors - before.routes[name].errors
        for name, route in after.routes.items()
        if name in before.routes and route.errors > before.routes[name].errors
    }
    reads = [name for name in moved if before.routes[name].match.startswith("GET ")]
    shown = sum(
        after.routes[name].requests["new"] - before.routes[name].requests["new"] for name in reads
    )
    then, now = before.load.orders, after.load.orders
    return Outage(
        began=before.at,
        ready=ready,
        ended=after.at,
        taken=now.taken - then.taken,
        pending=now.pending - then.pending,
        shown=shown,
        errors=errors,
        moved=moved,
    )


def finished_at(samples: Sequence[Sample], ready: float) -> float | None:
    """When the last order that had been pending while legacy was stopped was finished.

    `ready` is when legacy was up again; None when one still waits.
    """
    later = [sample for sample in samples if sample.at >= ready]
    for sample in later:
        oldest = sample.load.orders.oldest
        if sample.load.time > later[0].load.time and (
            oldest is None or oldest > later[0].load.time
        ):
            return sample.at
    return None
