"""Mismatches gathered by what differs, where, and how: a few clusters, not thousands of pairs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from facade.compare.answers import Pair
from facade.compare.differences import Difference, Kind
from facade.compare.masking import mask_target

MOST = 100  # clusters kept of one route; the rest is counted together
_SPOTS = 10  # other differences of the same pair kept with a sample
_CLASSES = 20
OVERFLOW = "(other places)"


@dataclass(slots=True)
class Sample:
    """One pair that shows a cluster. Everything in it is masked and bounded."""

    at: float  # unix seconds
    method: str
    target: str
    request_id: str
    version: str
    live: str
    spot: str
    control: dict[str, Any]  # status, value, ms
    candidate: dict[str, Any]
    others: list[str] = field(default_factory=list)  # further differences of this pair


@dataclass(slots=True)
class Cluster:
    """All differences of one kind, at one path, related in one way."""

    id: str
    kind: Kind
    path: str
    relation: str
    count: int = 0  # pairs
    first: float = 0.0  # unix seconds
    last: float = 0.0
    overdue: bool = False  # the operator expected it, until a day that has passed
    classes: dict[str, int] = field(default_factory=dict)
    earliest: Sample | None = None
    latest: Sample | None = None
    smallest: Sample | None = None  # the shortest request that shows it

    def add(self, sample: Sample, input_class: str) -> None:
        """Take in one more pair."""
        self.count += 1
        self.first = min(self.first or sample.at, sample.at)
        self.last = max(self.last, sample.at)
        if input_class in self.classes or len(self.classes) < _CLASSES:
            self.classes[input_class] = self.classes.get(input_class, 0) + 1
        self.earliest = self.earliest or sample
        self.latest = sample
        if self.smallest is None or len(sample.target) < len(self.smallest.target):
            self.smallest = sample


@dataclass(slots=True)
class Clusters:
    """The clusters of one route, and how often two of them met in one pair."""

    by_id: dict[str, Cluster] = field(default_factory=dict)
    together: dict[str, int] = field(default_factory=dict)  # "id id", in order of the ids

    def add(self, pair: Pair, differences: Iterable[Difference], input_class: str) -> None:
        """Take in a mismatched pair: each cluster it shows counts once."""
        found = list(differences)
        shown: dict[str, Difference] = {}
        for difference in found:
            shown.setdefault(self._cluster(pair.route, difference).id, difference)
        for name, difference in shown.items():
            cluster = self.by_id[name]
            cluster.overdue = cluster.overdue or difference.overdue
            cluster.add(_sample(pair, difference, found), input_class)
        names = sorted(shown)
        for at, one in enumerate(names):
            for other in names[at + 1 :]:
                key = f"{one} {other}"
                self.together[key] = self.together.get(key, 0) + 1

    def met(self, one: str, other: str) -> int:
        """In how many pairs two clusters were seen together."""
        return self.together.get(f"{min(one, other)} {max(one, other)}", 0)

    def _cluster(self, route: str, difference: Difference) -> Cluster:
        kind, path, relation = difference.kind, difference.path, difference.relation
        name = cluster_id(route, kind, path, relation)
        if name not in self.by_id and len(self.by_id) >= MOST:
            path, relation = OVERFLOW, ""
            name = cluster_id(route, kind, path, relation)
        return self.by_id.setdefault(name, Cluster(name, kind, path, relation))


def cluster_id(route: str, kind: Kind, path: str, relation: str) -> str:
    """Eight hex digits that name a cluster, the same after every restart."""
    return sha256("\0".join((route, kind, path, relation)).encode()).hexdigest()[:8]


def _sample(pair: Pair, difference: Difference, all_of_them: Sequence[Difference]) -> Sample:
    others = [str(other) for other in all_of_them if other is not difference]
    return Sample(
        at=pair.started,
        method=pair.method,
        target=mask_target(pair.target),
        request_id=pair.request_id,
        version=pair.version,
        live=pair.live,
        spot=difference.spot,
        control=_side(pair.control.status, difference.control, pair.control.ms),
        candidate=_side(pair.candidate.status, difference.candidate, pair.candidate.ms),
        others=others[:_SPOTS],
    )


def _side(status: int, value: Any, ms: float) -> dict[str, Any]:
    return {"status": status, "value": value, "ms": round(ms, 3)}
