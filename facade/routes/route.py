"""One route as a request meets it, and the decision that it may hold already."""

from dataclasses import dataclass
from typing import Final, Literal

from facade.routes.composing import Part
from facade.routes.config.limitfile import Attempts
from facade.routes.keys import Extractor
from facade.routes.limits.limit import Limit
from facade.routes.machines.allow import Allow
from facade.routes.stages import Stage
from facade.routes.trouble import Trouble

Side = Literal["legacy", "new"]

# The reasons a decision can have: short tokens, also sent in `Fig-Decision`.
STAGE: Final = "stage"  # the stage alone decides
PERCENT: Final = "percent"  # the key's bucket was compared with the percentage
NO_KEY: Final = "no-key"  # as PERCENT, but the request carries none of the route's keys
UNAVAILABLE: Final = "unavailable"  # the new side was meant, but cannot be asked now
UNMATCHED: Final = "unmatched"  # no route of the file
OWN_WRITE: Final = "own-write"  # legacy is meant, but may not have the client's last write yet
COMPOSED: Final = "composed"  # each part by its own route
TESTER: Final = "tester"  # the client is one of the route's testers

NO_BUCKET: Final = -1


@dataclass(slots=True)
class Decision:
    """Where one request goes and why; never changed. `bucket` is -1 where none was needed."""

    side: Side
    upstream: str
    bucket: int
    reason: str
    sticky: bool  # the same client gets the same decision while the table is in force


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """One route as the hot path needs it; each entry has two, one for methods that only read."""

    name: str
    match: str
    stage: Stage
    legacy: str  # upstream
    new: str | None  # upstream
    safe: bool  # the request only reads: it may be copied, repeated and fall back
    percent: int | None  # basis points as in the file, for people
    threshold: int  # buckets below this one go to the new side
    settled: Decision | None  # the decision where the stage alone makes it
    needs_key: bool  # a key must be found before `decide`
    watched: bool  # its requests are counted by bucket, for its guard or its plan
    keys: tuple[tuple[str, Extractor], ...]
    seed: str
    sample: int  # basis points of requests also asked on the other side; 0 unless safe
    rules: str | None
    fallback: bool  # legacy may answer in place of a failing new side
    trouble: Trouble  # for which it may
    yields: bool  # legacy may answer in place of a new side that says it did nothing
    domain: str  # the domain that it reads or writes; empty: none
    trailing: frozenset[str]  # domains of which legacy has a copy, where it has a new side
    pinned: bool  # legacy is never asked: the new side owns what the request writes or reads
    timeout: float  # seconds for the whole exchange; 0: no limit
    first_byte: float | None  # seconds from request to first byte; None: as the upstream says
    max_body: int  # bytes
    needs: frozenset[str]  # `session` includes `identity`
    attempts: Attempts | None  # it logs in: limits of how often
    limits: tuple[Limit, ...]  # of all its requests
    parts: tuple[Part, ...]  # that it is composed of, in place of any side
    allow: Allow | None  # what it demands of the machine that asks
    checks: bool  # something is looked at before all else: which machine asks, or `nowhere`
    nowhere: bool  # no side has it: no route names the path, and there is no legacy
    forgets: bool  # it logs in or out: the owner of the session may change
    sticky: bool  # a client without our cookie is given one
    tester: bool  # the route of its testers, whose requests are counted apart

    @property
    def guarded(self) -> bool:
        """Whether it refuses machines."""
        return self.allow is not None and self.allow.enforced
