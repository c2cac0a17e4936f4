"""What the verdicts of one route add up to: counts, by table version and by kind of input."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from facade.compare.answers import Pair
from facade.compare.evidence import classes
from facade.compare.evidence.classes import InputClass, class_of
from facade.compare.evidence.clusters import Clusters
from facade.compare.evidence.latency import Latency
from facade.compare.masking import mask_target
from facade.compare.verdict import DECLINED_BY_NEW, Outcome, Verdict

_VERSIONS = 50  # table versions kept; the oldest go first
_PACE_MINUTES = 30
_FORCED = 20  # steps against the evidence that are kept
MOST_WORDS = 2_000  # characters kept of a reason, and of what it goes against
_PARKED = 20  # pairs that could not be judged, kept by name; the first ones
_CAUSES = 40  # causes counted one by one
OTHER_CAUSES = "(other causes)"


@dataclass(slots=True)
class Counts:
    """Pairs by outcome. `tolerated` are among the matched."""

    matched: int = 0
    mismatched: int = 0
    raced: int = 0
    tolerated: int = 0
    failed: dict[str, int] = field(default_factory=dict)  # by cause; see `declined`
    skipped: dict[str, int] = field(default_factory=dict)

    @property
    def compared(self) -> int:
        """The pairs that are evidence."""
        return self.matched + self.mismatched

    @property
    def declined(self) -> int:
        """The pairs that the new side declined, which are no failures."""
        return self.failed.get(DECLINED_BY_NEW, 0)

    @property
    def failures(self) -> dict[str, int]:
        """`failed` without those."""
        return {cause: count for cause, count in self.failed.items() if cause != DECLINED_BY_NEW}

    def add(self, verdict: Verdict) -> None:
        """Count one verdict."""
        match verdict.outcome:
            case Outcome.MATCHED:
                self.matched += 1
                self.tolerated += bool(verdict.tolerated)
            case Outcome.MISMATCHED:
                self.mismatched += 1
            case Outcome.RACED:
                self.raced += 1
            case Outcome.FAILED:
                _count(self.failed, verdict.cause)
            case Outcome.SKIPPED:
                _count(self.skipped, verdict.cause)


def _count(causes: dict[str, int], cause: str) -> None:
    if cause not in causes and len(causes) >= _CAUSES and cause != DECLINED_BY_NEW:
        cause = OTHER_CAUSES
    causes[cause] = causes.get(cause, 0) + 1


@dataclass(slots=True)
class VersionCounts:
    """What was counted under one version of the route table."""

    stage: str
    percent: int | None
    since: float  # unix seconds
    counts: Counts = field(default_factory=Counts)


@dataclass(slots=True)
class ClassCounts:
    """What was counted of one kind of input; `input` is None for the rest that has no room."""

    input: InputClass | None
    counts: Counts = field(default_factory=Counts)


@dataclass(slots=True)
class Pace:
    """Compared pairs per minute, for the last half hour."""

    minutes: dict[int, int] = field(default_factory=dict)

    def add(self, at: float) -> None:
        """Count one pair at unix second `at`."""
        minute = int(at // 60)
        if minute not in self.minutes and len(self.minutes) >= _PACE_MINUTES:
            del self.minutes[min(self.minutes)]
        self.minutes[minute] = self.minutes.get(minute, 0) + 1

    def per_second(self, now: float) -> float:
        """Pairs per second since the first minute that is still kept; 0 when there were none."""
        kept = {at: count for at, count in self.minutes.items() if at > now // 60 - _PACE_MINUTES}
        if not kept:
            return 0.0
        return sum(kept.values()) / max(now - min(kept) * 60, 1.0)


@dataclass(slots=True)
class Asked:
    """What the workers report of the copies they sent; `shed` by cause, here too."""

    dispatched: int = 0
    completed: int = 0
    failed: int = 0
    shed: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Forced:
    """A promotion although the evidence spoke against it."""

    at: float  # unix seconds
    stage: str
    reason: str
    against: str  # what spoke against it


def forced_of(kept: Mapping[str, Any]) -> Forced:
    """From what was kept of it in a file."""
    words = (str(kept.get(name, ""))[:MOST_WORDS] for name in ("stage", "reason", "against"))
    return Forced(float(kept.get("at", 0.0)), *words)


@dataclass(frozen=True, slots=True)
class Parked:
    """A pair that our own code could not judge. Nothing of its answers is kept."""

    at: float  # unix seconds
    request_id: str
    method: str
    target: str  # masked
    cause: str


@dataclass(slots=True)
class Evidence:
    """Everything known of one route since `since` (unix seconds)."""

    route: str
    since: float
    by_reset: bool = False  # then nothing from before `since` belongs here
    total: Counts = field(default_factory=Counts)
    versions: dict[str, VersionCounts] = field(default_factory=dict)
    classes: dict[str, ClassCounts] = field(default_factory=dict)
    clusters: Clusters = field(default_factory=Clusters)
    latency: Latency = field(default_factory=Latency)
    pace: Pace = field(default_factory=Pace)
    asked: Asked = field(default_factory=Asked)
    expected_seen: dict[str, int] = field(default_factory=dict)  # by path of the rule
    last: float = 0.0
    forced: list[Forced] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)  # the first ones; `parked_count` is of all
    parked_count: int = 0

    def force(self, step: Forced) -> None:
        """Note a step that was taken against the evidence; the latest are kept."""
        self.forced = [*self.forced, step][-_FORCED:]

    def add(self, pair: Pair, verdict: Verdict) -> None:
        """Take in one verdict; after a reset, not one from before it."""
        if pair.started < self.since and self.by_reset:
            return
        self.since = min(self.since, pair.started)
        kind = class_of(pair)
        for counts in (self.total, self._version(pair), self._class(kind)):
            counts.add(verdict)
        self.last = max(self.last, pair.started)
        if verdict.parked:
            self._park(pair, verdict.cause)
        for known in {found.expected for found in verdict.tolerated if found.expected}:
            self.expected_seen[known.path] = self.expected_seen.get(known.path, 0) + 1
        if verdict.outcome in (Outcome.MATCHED, Outcome.MISMATCHED):
            self.pace.add(pair.started)
            self.latency.add(pair.control.ms, pair.candidate.own_ms)
        if verdict.outcome is Outcome.MISMATCHED:
            self.clusters.add(pair, verdict.differences, str(kind))

    def _park(self, pair: Pair, cause: str) -> None:
        self.parked_count += 1
        if len(self.parked) < _PARKED:
            target = mask_target(pair.target)
            self.parked.append(Parked(pair.started, pair.request_id, pair.method, target, cause))

    def seen(self) -> list[InputClass]:
        """The kinds of input that gave evidence."""
        return [one.input for one in self.classes.values() if one.input and one.counts.compared]

    def _version(self, pair: Pair) -> Counts:
        found = self.versions.get(pair.version)
        if found is None:
            if len(self.versions) >= _VERSIONS:
                del self.versions[next(iter(self.versions))]
            found = VersionCounts(pair.stage, pair.percent, pair.started)
            self.versions[pair.version] = found
        return found.counts

    def _class(self, kind: InputClass) -> Counts:
        name = str(kind)
        if name not in self.classes and len(self.classes) >= classes.MOST:
            name = classes.OTHER
            return self.classes.setdefault(name, ClassCounts(None)).counts
        return self.classes.setdefault(name, ClassCounts(kind)).counts
