"""What was compared: `GET /api/compare`, `POST /api/compare/reset`.

Counts, samples, forced and parked are the evidence's own classes, as they are kept.
"""

from typing import Any

from pydantic import BaseModel, Field

from facade.compare.differences import Kind
from facade.compare.evidence.clusters import Sample
from facade.compare.evidence.evidence import Counts, Forced, Parked


class ClusterView(BaseModel):
    """Differences of one kind at one path, related in one way; made of a Cluster."""

    id: str
    kind: Kind  # missing, extra, type, value, order, length
    path: str  # $.variants[*].price, $status, $header:location, $cookie:session.path, $html/…
    relation: str  # "rounding", "letter case", … empty where there is none
    count: int
    first: float
    last: float
    overdue: bool  # tolerated until a day that has passed
    classes: dict[str, int]
    sample: Sample | None = Field(validation_alias="latest")
    earliest: Sample | None
    smallest: Sample | None


class CauseView(BaseModel):
    """Clusters that go wrong together: one thing to repair."""

    id: str  # of its first cluster
    title: str
    pairs: int
    first: float
    last: float
    clusters: list[str]  # ids


class VersionView(BaseModel):
    """The counts under one version of the route table."""

    version: str
    stage: str
    percent: float | None
    since: float
    counts: Counts


class ClassView(BaseModel):
    """The counts of one kind of input."""

    name: str
    counts: Counts


class ExpectedView(BaseModel):
    """A difference the operator knows of."""

    path: str
    why: str
    owner: str
    until: str
    seen: int
    overdue: bool


class NoiseView(BaseModel):
    """A place at which legacy differs from itself: compared by shape."""

    path: str
    kind: str
    confidence: float  # surely at least this share of questions differs
    differed: float
    asked: float
    shapes: list[str]
    spread: float | None  # the furthest legacy was from itself
    last: float


class WindowView(BaseModel):
    """A closed window, in short."""

    since: float
    until: float
    compared: int
    matched: int
    mismatched: int
    raced: int
    upper_bound: float


class Fact(BaseModel):
    """A figure with its name, and what there is to add."""

    name: str
    value: str
    note: str = ""


class Note(BaseModel):
    """Words about a place, a rule, a step or a pair."""

    about: str
    words: str
    bad: bool = False


class Wording(BaseModel):
    """The evidence in words, the same wherever it is shown. Places are percents of a scale."""

    stage: str = ""
    outlook: str = ""
    mood: str = ""  # good, bad or neither
    bound: str = ""
    target: str = ""
    bound_at: float = 0.0
    target_at: float = 0.0
    facts: list[Fact] = []
    differing: str = ""
    known: list[Note] = []
    objections: list[Note] = []


class RouteComparison(BaseModel):
    """The evidence of one route since `since`."""

    route: str
    match: str | None  # None: the route is not in the table any more
    stage: str | None
    percent: float | None
    since: float
    last: float | None
    dispatched: int
    completed: int
    matched: int
    mismatched: int
    raced: int
    tolerated: int
    compared: int  # matched + mismatched: what the rate rests on
    in_doubt: int = 0  # differ, and are counted once legacy was asked a second time
    declined: int = 0  # by the new side, which was behind: neither failures nor evidence
    failed: dict[str, int]  # by side and phase: "new.connect"
    skipped: dict[str, int]
    shed: dict[str, int]
    mismatch_rate: float | None
    upper_bound: float  # Clopper–Pearson, 95 %, for one look
    anytime_upper_bound: float  # holds however often one looks
    target: float  # the share of wrong answers that the next promotion allows: `promote`
    proven: float  # below this is the share of pairs that differ or could not be judged, always
    pairs_to_target: int | None  # still to come without a wrong one; 0: reached
    seconds_to_target: float | None  # at the pace of the last half hour
    pairs_per_second: float
    latency: dict[str, Any]
    causes: list[CauseView]
    clusters: list[ClusterView]
    classes: list[ClassView]
    never_seen: list[str]
    versions: list[VersionView]
    expected: list[ExpectedView]
    noise: list[NoiseView]
    noise_asked: float  # questions put to legacy twice, the old ones counting less
    rule_errors: list[str]
    forced: list[Forced] = []
    parked: list[Parked] = []  # the first ones
    parked_count: int = 0
    history: list[WindowView]
    told: Wording = Wording()


class Rechecks(BaseModel):
    """Questions put to legacy a second time since the process started."""

    asked: int = 0
    moved: int = 0  # legacy gave another value
    unanswered: int = 0
    unasked: int = 0  # over the rate: counted as they were


class Comparison(BaseModel):
    """`GET /api/compare`."""

    now: float
    store: str = ""  # where the evidence lies
    waiting: int  # pairs not judged yet
    restarts: int  # of the comparison's process
    rechecks: Rechecks
    routes: list[RouteComparison]


class Reset(BaseModel):
    """`POST /api/compare/reset`: the routes whose evidence starts again at zero."""

    at: float
    routes: list[str] = Field(default_factory=list)
