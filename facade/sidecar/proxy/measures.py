"""What the proxy counts: requests and latencies by shape of path, and what was not recorded."""

from dataclasses import dataclass, field
from typing import Any

from facade.proxy.counting import histogram
from facade.routes.unmatched import MOST_SHAPES, OTHERS, shape_of_path

_SHARES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))


@dataclass(slots=True)
class Shape:
    """One method and shape of path."""

    requests: int = 0
    errors: int = 0  # no answer came from the monolith
    statuses: dict[str, int] = field(default_factory=dict)  # "2xx": count
    latency: list[int] = field(default_factory=histogram.empty)  # of the monolith, without faults

    def as_json(self) -> dict[str, Any]:
        """Counts, and percentiles in ms."""
        shares = {name: histogram.percentile(self.latency, q) for name, q in _SHARES}
        return {
            "requests": self.requests,
            "errors": self.errors,
            "statuses": self.statuses,
            "ms": {name: round(ms, 2) for name, ms in shares.items() if ms is not None},
        }


class Measures:
    """At most MOST_SHAPES shapes; what comes after is counted together."""

    def __init__(self) -> None:
        self.shapes: dict[str, Shape] = {}

    def answered(self, method: str, path: str, status: int, ms: float) -> None:
        """The monolith answered within `ms`."""
        shape = self._shape(method, path)
        kind = f"{status // 100}xx"
        shape.statuses[kind] = shape.statuses.get(kind, 0) + 1
        shape.latency[histogram.slot(ms)] += 1

    def failed(self, method: str, path: str) -> None:
        """No whole answer came."""
        self._shape(method, path).errors += 1

    def as_json(self) -> dict[str, Any]:
        """By shape, the most asked first."""
        ordered = sorted(self.shapes.items(), key=lambda item: -item[1].requests)
        return {name: shape.as_json() for name, shape in ordered}

    def _shape(self, method: str, path: str) -> Shape:
        name = f"{method} {shape_of_path(path)}"
        if name not in self.shapes and len(self.shapes) >= MOST_SHAPES:
            name = OTHERS
        shape = self.shapes.setdefault(name, Shape())
        shape.requests += 1
        return shape
