"""What a run of the demo saw: plain values, filled by the runner, read by verdict and report.

Times are seconds since the demo began unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fig.demo.judge.ownership import Gone, Handover, Window, Without
from fig.demo.judge.sample import Load, Sample


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
    """The time without legacy: from the order to stop it until nothing was held back any more.

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
    letters: int = 0  # dead letters
    acknowledged: int = 0  # orders that shoppers count on
    accepted: int = 0  # of them at first as pending
    by_saga: int = 0  # of them written by the new side
    wrong: tuple[str, ...] = ()  # what shoppers were answered, and is not so


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
    windows: list[Window] = field(default_factory=list)
    not_yet: str = ""  # why `fig retire` refused at first
    retired: tuple[str, ...] = ()
    gone: Gone | None = None
    verified: Verified | None = None
    load: Load = field(default_factory=Load)
    finished: bool = False
    broken: str = ""
    machine: str = ""

    @property
    def steps(self) -> list[StepRecord]:
        return [step for act in self.acts for step in act.steps]

    @property
    def without(self) -> Without | None:
        """The time without the monolith, up to the last shopper; None when it was not deleted."""
        gone, now = self.gone, self.load
        if gone is None:
            return None
        then, before, after = gone.load, gone.load.orders, now.orders
        return Without(
            seconds=now.time - then.time,
            requests=now.requests - then.requests,
            failed=now.failures - then.failures,
            apart=sum(now.excused.values()) - sum(then.excused.values()),
            orders=after.bought - before.bought,
            logins=after.logins - before.logins,
            registrations=after.registrations - before.registrations,
        )

    @property
    def last(self) -> Sample | None:
        return self.samples[-1] if self.samples else None
