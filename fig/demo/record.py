"""What a run of the demo saw: plain values, filled by the runner, read by verdict and report.

Times are seconds since the demo began unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SIDES = ("legacy", "new")


@dataclass(frozen=True)
class Latency:
    """Milliseconds over the last seconds; None where nothing was measured."""

    p50: float | None = None
    p95: float | None = None


@dataclass(frozen=True)
class Pairs:
    """The evidence of one route since it was last forgotten. Only completed pairs are evidence."""

    completed: int = 0
    matched: int = 0
    mismatched: int = 0
    raced: int = 0
    failed: int = 0
    shed: int = 0


@dataclass(frozen=True)
class RouteSample:
    """One route at one moment. `requests` and `fallbacks` are sums since the facade started."""

    name: str
    stage: str
    percent: int | None
    requests: Mapping[str, int]
    latency: Mapping[str, Latency]
    pairs: Pairs = Pairs()
    fallbacks: int = 0


@dataclass(frozen=True)
class Failure:
    """A kind of failure that the shoppers met."""

    name: str
    reason: str
    count: int


@dataclass(frozen=True)
class Load:
    """What the shoppers saw: requests, failures since they began; the rest of the last seconds."""

    users: int = 0
    rps: float = 0.0
    requests: int = 0
    failures: int = 0
    latency: Latency = Latency()
    reasons: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class Sample:
    """Everything at one moment. `server_errors`: answers with 5xx that clients got, since start."""

    at: float
    version: str
    workers: tuple[str, ...]
    routes: Mapping[str, RouteSample]
    load: Load = Load()
    server_errors: int = 0

    def everywhere(self, version: str) -> bool:
        """Whether every worker decides by this version of the route file."""
        return bool(self.workers) and set(self.workers) == {version}

    def answered(self, side: str) -> int:
        """Requests of the migrated routes that this side answered."""
        return sum(route.requests.get(side, 0) for route in self.routes.values())


@dataclass(frozen=True)
class Flip:
    """One flip of one route. `ms`: from the command's end until every worker used the new file."""

    at: float
    route: str
    stage: str
    percent: int | None
    version: str
    ms: float | None
    moved: bool = False
    seen: Mapping[str, int] = field(default_factory=dict)

    @property
    def target(self) -> str:
        return f"{self.stage} {self.percent} %" if self.percent is not None else self.stage


@dataclass(frozen=True)
class Difference:
    """A cluster of mismatches: where, how often, how related, and one pair of values."""

    route: str
    path: str
    kind: str
    count: int
    target: str
    legacy: str
    new: str
    relation: str = ""


@dataclass(frozen=True)
class Evidence:
    """What the pairs of one route say at the end: `bound` is the largest share that may differ."""

    route: str
    compared: int
    bound: float
    causes: tuple[str, ...]
    unseen: tuple[str, ...]  # kinds of input that no pair had


@dataclass(frozen=True)
class Caught:
    """The seeded fault in the comparison. `clients`: requests the new side had answered by then."""

    at: float
    pairs: int
    mismatched: int
    differences: tuple[Difference, ...]
    clients: int
    after: float


@dataclass(frozen=True)
class PriceEdit:
    """A price edited in the old admin page; `ms` until the new side showed it, None: never."""

    at: float
    sku: str
    before: str
    after: str
    ms: float | None


@dataclass(frozen=True)
class StepRecord:
    """One step of the plan as it went. `reached`: its condition held before its deadline."""

    name: str
    title: str
    began: float
    ended: float
    reached: bool
    sentence: str


@dataclass
class Record:
    """The whole run. `began` is unix seconds; `fault_off` is when the fault was switched off.

    `refusal` is what `fig flip` said to a promotion on bad evidence; `later` are differences that
    showed after the fault was off, which must not be.
    """

    pace: str
    began: float
    pairs_needed: int
    steps: list[StepRecord] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    flips: list[Flip] = field(default_factory=list)
    caught: Caught | None = None
    refusal: str = ""
    later: tuple[Difference, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    fault_off: float | None = None
    forgotten: float | None = None
    prices: list[PriceEdit] = field(default_factory=list)
    load: Load = Load()
    finished: bool = False
    broken: str = ""
    machine: str = ""

    @property
    def last(self) -> Sample | None:
        return self.samples[-1] if self.samples else None
