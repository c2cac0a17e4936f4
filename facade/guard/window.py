"""What was counted for one route since its stage or percentage last changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from facade.compare.answers import Answer, Pair
from facade.compare.evidence.promotion import mostly_declined
from facade.compare.verdict import Outcome, Verdict
from facade.proxy.counting import histogram

SERVER_ERROR = 500


@dataclass(slots=True)
class PairCounts:
    """Requests that were asked on both sides."""

    compared: int = 0  # matched and mismatched
    mismatched: int = 0
    only_new: int = 0  # pairs in which the new side alone failed
    only_legacy: int = 0
    both: int = 0
    declined: int = 0  # by a read model that was behind: nothing is known of them
    unfailing: int = 0  # the latest pairs in a row in which the new side did not fail
    timed: int = 0  # pairs in which neither failed
    slower: int = 0  # of these: the new side took longer than `max_p95_ratio` times legacy
    new_ms: list[int] = field(default_factory=histogram.empty)
    legacy_ms: list[int] = field(default_factory=histogram.empty)

    @property
    def mostly_declined(self) -> bool:
        """Whether too few copies were answered to say what clients would be answered."""
        return mostly_declined(self.declined, self.compared)

    @property
    def failing(self) -> tuple[int, int]:
        """Failures of the new side, and the pairs up to and including the last one."""
        asked = self.timed + self.only_new + self.only_legacy + self.both
        return self.only_new + self.both, asked - self.unfailing

    def add(self, pair: Pair, verdict: Verdict, ratio: float) -> None:
        """Take in one verdict; `ratio` is the allowed ratio of latencies."""
        if verdict.outcome in (Outcome.MATCHED, Outcome.MISMATCHED):
            self.compared += 1
            self.mismatched += verdict.outcome is Outcome.MISMATCHED
        if pair.candidate.declined:
            self.declined += 1
            return
        new, legacy = _failed(pair.candidate), _failed(pair.control)
        self.only_new += new and not legacy
        self.only_legacy += legacy and not new
        self.both += legacy and new
        self.unfailing = 0 if new else self.unfailing + 1
        if not new and not legacy:
            self.timed += 1
            self.slower += pair.candidate.own_ms > ratio * pair.control.ms
            self.new_ms[histogram.slot(pair.candidate.own_ms)] += 1
            self.legacy_ms[histogram.slot(pair.control.ms)] += 1


def _failed(answer: Answer) -> bool:
    return answer.error is not None or answer.status >= SERVER_ERROR


@dataclass(slots=True)
class SideCounts:
    """Clients' requests meant for one side."""

    requests: int = 0
    errors: int = 0  # answered with 5xx, or not at all
    latency: list[int] = field(default_factory=histogram.empty)

    def since(self, before: "SideCounts") -> "SideCounts":
        """What was counted since an earlier look."""
        if self == before:  # as of most routes, at each look of the guards
            return SideCounts()
        return SideCounts(
            max(0, self.requests - before.requests),
            max(0, self.errors - before.errors),
            [max(0, n) for n in histogram.difference(self.latency, before.latency)],
        )


@dataclass(slots=True)
class Counted:
    """Both sides of a route."""

    new: SideCounts = field(default_factory=SideCounts)
    legacy: SideCounts = field(default_factory=SideCounts)

    def since(self, before: "Counted") -> "Counted":
        """What was counted since an earlier look."""
        return Counted(self.new.since(before.new), self.legacy.since(before.legacy))


def counted(counts: Mapping[str, Any]) -> Counted:
    """The sums of a route over all workers, each request on the side it was meant for.

    What legacy answered because the new side failed is an error of the new side. What the new side
    declined, or was not asked because its breaker is open, is no error.
    """
    requests, status = counts.get("requests", {}), counts.get("status", {})
    fell_back = int(counts.get("fallbacks", 0))
    failed = fell_back - int(counts.get("declined", 0)) - int(counts.get("diverted", 0))
    latency = counts.get("latency", {})
    return Counted(
        SideCounts(
            int(requests.get("new", 0)) + failed,
            int(status.get("new", {}).get("5xx", 0)) + failed,
            list(latency.get("new") or histogram.empty()),
        ),
        SideCounts(
            max(0, int(requests.get("legacy", 0)) - fell_back),
            int(status.get("legacy", {}).get("5xx", 0)),
            list(latency.get("legacy") or histogram.empty()),
        ),
    )


@dataclass(slots=True)
class Window:
    """One error budget is spent in one window. Times are unix seconds."""

    route: str
    since: float
    stage: str
    percent: int | None  # basis points
    begun_by: str = ""  # why it began: a flip, a reset
    pairs: PairCounts = field(default_factory=PairCounts)
    base: Counted | None = None  # the workers' counts when it began; None: not yet known
    last: float = 0.0  # when the latest pair of it was asked
    errors: int = 0  # of the new side, from clients and pairs, at the last look
    failed_at: float = 0.0  # when that grew last

    def belongs(self, pair: Pair) -> bool:
        """Whether a pair was asked in this window."""
        return (
            pair.started >= self.since and pair.stage == self.stage and pair.percent == self.percent
        )

    def add(self, pair: Pair, verdict: Verdict, ratio: float) -> None:
        """Take in one verdict."""
        self.pairs.add(pair, verdict, ratio)
        self.last = max(self.last, pair.started)

    def look(self, grown: Counted, now: float) -> None:
        """Note whether the new side failed again; `grown` are clients' requests of the window."""
        errors = grown.new.errors + self.pairs.only_new
        if errors != self.errors:
            self.errors, self.failed_at = errors, now

    def pace(self, now: float) -> float:
        """Compared pairs per second."""
        return self.pairs.compared / max(now - self.since, 1.0)
