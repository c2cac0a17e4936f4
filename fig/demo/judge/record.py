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
    """One route at one moment. `requests`, `fallbacks` and `errors` (answers with 5xx that clients
    got) are sums since the facade started; `match` is `GET /api/orders` and the like."""

    name: str
    stage: str
    percent: int | None
    requests: Mapping[str, int]
    latency: Mapping[str, Latency]
    pairs: Pairs = Pairs()
    fallbacks: int = 0
    errors: int = 0
    match: str = ""


@dataclass(frozen=True)
class Failure:
    """A kind of failure that the shoppers met."""

    name: str
    reason: str
    count: int


@dataclass(frozen=True)
class Told:
    """What shoppers were told of their orders. `oldest`: when the pending one that has waited
    longest was accepted, unix seconds; None when none waits."""

    placed: int = 0
    pending: int = 0
    finished: int = 0
    refused: int = 0
    cancelled: int = 0
    waiting: int = 0
    oldest: float | None = None
    checkouts: int = 0  # orders by the shop's pages; the others are by the app
    logins: int = 0
    registrations: int = 0

    @property
    def taken(self) -> int:
        """Orders that were accepted, at once or for later."""
        return self.placed + self.pending


@dataclass(frozen=True)
class Load:
    """What the shoppers saw: counts since they began; the rest of the last seconds.

    `excused`: requests by name that only legacy could have answered while it was stopped on
    purpose; they are no failures. `time` is when this was so, unix seconds.
    """

    users: int = 0
    rps: float = 0.0
    requests: int = 0
    failures: int = 0
    latency: Latency = Latency()
    reasons: tuple[Failure, ...] = ()
    excused: Mapping[str, int] = field(default_factory=dict)
    orders: Told = Told()
    time: float = 0.0

    @property
    def strangers(self) -> int:
        """Of the excused: requests for the new side by people who had just logged in, of whom
        legacy alone could have told who they are."""
        marks = ("[after login]", "(who is asking)")
        return sum(count for name, count in self.excused.items() if name.endswith(marks))


@dataclass(frozen=True)
class Sample:
    """Everything at one moment. `server_errors`: answers with 5xx that clients got, since start;
    `held_back`: kinds of requests whose breaker toward legacy is not closed."""

    at: float
    version: str
    workers: tuple[str, ...]
    routes: Mapping[str, RouteSample]
    load: Load = Load()
    server_errors: int = 0
    held_back: tuple[str, ...] = ()

    def everywhere(self, version: str) -> bool:
        """Whether every worker decides by this version of the route file."""
        return bool(self.workers) and set(self.workers) == {version}

    def answered(self, side: str) -> int:
        """Requests of the migrated routes that this side answered."""
        return sum(route.requests.get(side, 0) for route in self.routes.values())


@dataclass(frozen=True)
class Flip:
    """One flip of one route. `ms`: from the command's end until every worker used the new file.

    `passing`: a stage on the way to another, too short to see where the traffic went.
    """

    at: float
    route: str
    stage: str
    percent: int | None
    version: str
    ms: float | None
    moved: bool = False
    passing: bool = False
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
    """What the pairs of one route say at the end: `bound`: what may differ at most."""

    route: str
    compared: int
    bound: str
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
class Outage:
    """The time without legacy: from the wish to stop it until nothing was held back any more.

    `taken` and `pending` are orders accepted meanwhile; `shown` answers of the migrated reads by
    the new side; `errors` answers with 5xx by route: of those in `moved` there must be none.
    """

    began: float
    ready: float  # the monolith was up again
    ended: float
    taken: int = 0
    pending: int = 0
    shown: int = 0
    errors: Mapping[str, int] = field(default_factory=dict)
    moved: tuple[str, ...] = ()

    @property
    def harmed(self) -> dict[str, int]:
        """Errors on routes that the new side had to answer."""
        return {name: count for name, count in self.errors.items() if name in self.moved}


@dataclass(frozen=True)
class Reading:
    """Orders of the new side, read by their customers; `wrong` is a sentence each."""

    side: str
    orders: int
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Handover:
    """A domain that changed its owner. `seconds`: of the whole command, of which writes waited only
    a part: `waited` of them, the longest for `worst` ms; `failed`: writes that failed meanwhile.
    `calls`: how often the command was given until it came about."""

    domain: str
    toward: str
    seconds: float
    waited: int = 0
    worst: float = 0.0
    failed: int = 0
    calls: int = 1


@dataclass(frozen=True)
class Entity:
    """One table of a read model beside legacy's."""

    service: str
    name: str
    table: str
    rows: int
    differ: int


@dataclass(frozen=True)
class Law:
    """Something that must be true of one database, or of all of them (`books`)."""

    database: str
    text: str
    broken: int


@dataclass(frozen=True)
class Verified:
    """What `fig verify`, `fig sagas`, `fig deadletters` and the shoppers' own books say."""

    ok: bool
    entities: tuple[Entity, ...] = ()
    laws: tuple[Law, ...] = ()
    stuck: tuple[str, ...] = ()  # sagas
    letters: int = 0  # events that nobody could take
    acknowledged: int = 0  # orders that shoppers count on
    accepted: int = 0  # of them at first as pending
    by_saga: int = 0  # of them written by the new side
    wrong: tuple[str, ...] = ()  # what shoppers were told, and is not so


@dataclass(frozen=True)
class StepRecord:
    """One step of the plan as it went. `reached`: its condition held before its deadline; `why`:
    what was done and for which reason; `sentence`: the number that it came to."""

    name: str
    title: str
    began: float
    ended: float
    reached: bool
    sentence: str
    why: str = ""


@dataclass
class ActRecord:
    """One act as it went. `ended` is None while it runs; `load` is what shoppers had seen when it
    began, and `after` when it ended."""

    number: int
    title: str
    say: str
    began: float
    load: Load
    ended: float | None = None
    after: Load = field(default_factory=Load)
    steps: list[StepRecord] = field(default_factory=list)

    @property
    def reached(self) -> bool:
        """Whether every step of it got there."""
        return self.ended is not None and all(step.reached for step in self.steps)


@dataclass
class Record:
    """The whole run. `began` is unix seconds; `fault_off` is when the fault was switched off.

    `refusal` is what `fig flip` said to a promotion on bad evidence, `not_retired` to retiring a
    route whose data legacy owns; `later` are differences that showed after the fault was off, which
    must not be.
    """

    pace: str
    began: float
    pairs_needed: int
    planned: int = 0  # acts of the script
    acts: list[ActRecord] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    flips: list[Flip] = field(default_factory=list)
    caught: Caught | None = None
    refusal: str = ""
    not_retired: str = ""
    later: tuple[Difference, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    fault_off: float | None = None
    forgotten: float | None = None
    prices: list[PriceEdit] = field(default_factory=list)
    outage: Outage | None = None
    back: float | None = None  # when the last order that was pending meanwhile was finished
    readings: list[Reading] = field(default_factory=list)
    handovers: list[Handover] = field(default_factory=list)
    verified: Verified | None = None
    load: Load = Load()
    finished: bool = False
    broken: str = ""
    machine: str = ""

    @property
    def steps(self) -> list[StepRecord]:
        """Those of all acts."""
        return [step for act in self.acts for step in act.steps]

    @property
    def last(self) -> Sample | None:
        return self.samples[-1] if self.samples else None
