"""Requests that no route names, counted by method and shape of the path.

The number of shapes is bounded. A new shape beyond the bound takes the place of the shape with the
fewest answers, whose counts go to "(others)": a scan of many paths cannot hide the paths in use.
"""

from typing import Any

from facade.proxy.counting import histogram
from facade.proxy.counting.sides import SideCounts, by_class
from facade.routes.unmatched import MOST_SHAPES, OTHERS, shape_of_path


class ShapeCounts(SideCounts):
    """Counts of one method and shape. Everything counts for `whole` too."""

    __slots__ = ("_whole",)

    def __init__(self, whole: SideCounts) -> None:
        super().__init__()
        self._whole = whole

    def answered(self, status: int, seconds: float) -> None:
        super().answered(status, seconds)
        self._whole.answered(status, seconds)

    def failed(self, phase: str) -> None:
        super().failed(phase)
        self._whole.failed(phase)

    def give_to(self, others: "ShapeCounts") -> None:
        """Add the counts to `others`; what is still under way is counted there too."""
        others.add(self)
        self._whole = others

    def snapshot(self) -> dict[str, Any]:
        """In the form of a route's counts; latency is `{slot: count}`, without zeros."""
        return {
            "caller": self.take_caller(),
            "requests": {"legacy": self.requests},
            "status": {"legacy": by_class(self.status)},
            "failures": {f"legacy.{phase}": number for phase, number in self.failures.items()},
            "latency": {"legacy": histogram.sparse(self.latency)},
        }


class UnmatchedCounts:
    """Counts of at most `most` shapes and of the others together; `whole` counts all of them."""

    __slots__ = ("_most", "_others", "_shapes", "_whole")

    def __init__(self, whole: SideCounts, most: int = MOST_SHAPES) -> None:
        self._whole = whole
        self._most = most
        self._shapes: dict[tuple[bytes, str], ShapeCounts] = {}
        self._others = ShapeCounts(whole)

    def of(self, method: bytes, path: str, host: str = "") -> ShapeCounts:
        """The counts of a request with this method and resolved path; `host` as the file calls it,
        where it calls some."""
        shape = shape_of_path(path)
        key = method, f"//{host}{shape}" if host else shape
        return self._shapes.get(key) or self._add(key)

    def snapshot(self) -> dict[str, Any]:
        """By "method shape", as ShapeCounts.snapshot gives them."""
        found = {
            f"{method.decode('ascii', 'replace')} {shape}": counts.snapshot()
            for (method, shape), counts in self._shapes.items()
        }
        if self._others.requests:
            found[f"* {OTHERS}"] = self._others.snapshot()
        return found

    def _add(self, key: tuple[bytes, str]) -> ShapeCounts:
        if len(self._shapes) >= self._most:
            least = min(self._shapes, key=lambda known: self._shapes[known].requests)
            self._shapes.pop(least).give_to(self._others)
        self._shapes[key] = counts = ShapeCounts(self._whole)
        return counts
