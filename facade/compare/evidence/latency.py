"""How long both sides took, and the paired difference with an interval."""

from dataclasses import dataclass, field
from math import exp, log, sqrt
from typing import Any

from facade.proxy.counting import histogram

_NORMAL = 1.96  # half the width of a 95 % interval, in standard errors
_LEAST_PAIRS = 30  # below this an interval by the normal law would promise too much
_LEAST_MS = 0.01


@dataclass(slots=True)
class Running:
    """Mean and spread of numbers that come one by one (Welford)."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def add(self, value: float) -> None:
        """Take in one number."""
        self.count += 1
        step = value - self.mean
        self.mean += step / self.count
        self.squares += step * (value - self.mean)

    def interval(self) -> tuple[float, float] | None:
        """Where the true mean lies with 95 %; None with fewer than 30 numbers."""
        if self.count < _LEAST_PAIRS:
            return None
        half = _NORMAL * sqrt(self.squares / (self.count - 1) / self.count)
        return self.mean - half, self.mean + half


@dataclass(slots=True)
class Latency:
    """Milliseconds of completed pairs."""

    control: list[int] = field(default_factory=histogram.empty)
    candidate: list[int] = field(default_factory=histogram.empty)
    difference: Running = field(default_factory=Running)  # candidate - control
    log_ratio: Running = field(default_factory=Running)  # ln(candidate / control)

    def add(self, control_ms: float, candidate_ms: float) -> None:
        """Take in one pair."""
        self.control[histogram.slot(control_ms)] += 1
        self.candidate[histogram.slot(candidate_ms)] += 1
        self.difference.add(candidate_ms - control_ms)
        self.log_ratio.add(log(max(candidate_ms, _LEAST_MS) / max(control_ms, _LEAST_MS)))

    def summary(self) -> dict[str, Any]:
        """Percentiles of both sides, the mean difference and the typical ratio, for JSON."""
        ratio = self.log_ratio.interval()
        return {
            "control": percentiles(self.control),
            "candidate": percentiles(self.candidate),
            "difference_ms": _rounded(self.difference.mean if self.difference.count else None),
            "difference_interval_ms": _rounded_pair(self.difference.interval()),
            "ratio": _rounded(exp(self.log_ratio.mean) if self.log_ratio.count else None),
            "ratio_interval": _rounded_pair(ratio and (exp(ratio[0]), exp(ratio[1]))),
        }


def percentiles(counts: list[int]) -> dict[str, float | int | None]:
    """p50, p95, p99 in ms and the count of a histogram; None where it is empty."""
    shares = (("p50", 0.50), ("p95", 0.95), ("p99", 0.99))
    found = {name: _rounded(histogram.percentile(counts, share)) for name, share in shares}
    return {**found, "count": sum(counts)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _rounded_pair(pair: tuple[float, float] | None) -> list[float] | None:
    return None if pair is None else [round(pair[0], 3), round(pair[1], 3)]
