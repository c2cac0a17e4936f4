"""What happens now: `GET /api/status`, `GET /api/routes`."""

from typing import Any

from pydantic import BaseModel, Field

from facade.control.admin.models.moves import Guards
from facade.control.reporting.failures import FailedRequest
from facade.control.reporting.news import Event

BySide = dict[str, int]


class Percentiles(BaseModel):
    """Latency of one side; None where nothing was measured."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    count: int = 0
    of: str = "answers"  # to clients, or "copies" where this side answered none


class Reload(BaseModel):
    """The verdict on the last edit of the route file; a refused one leaves the last good table."""

    ok: bool = True
    errors: list[Any] = []
    at: float | str | None = None
    version: str | None = None


class TroubleView(BaseModel):
    """Something that is wrong now."""

    since: float
    kind: str
    words: str
    amount: str  # what it has come to so far, or empty


class WorkerView(BaseModel):
    """One worker that is connected now."""

    id: int
    pid: int
    version: str | None
    build: str | None = None  # of the data plane: "compiled" or "python"
    started: float
    age_s: float
    quiet_s: float  # since its last sign of life


class CompareSums(BaseModel):
    """Evidence of a route's open window, in short. Only matched and mismatched are evidence."""

    dispatched: int = 0
    completed: int = 0  # pairs in which both sides answered, as the workers counted
    compared: int = 0  # matched + mismatched
    matched: int = 0
    mismatched: int = 0
    raced: int = 0
    declined: int = 0  # by the new side, which was behind: neither failures nor evidence
    failed: int = 0
    skipped: int = 0
    shed: int = 0
    upper_bound: float = 1.0  # of the mismatch rate, at 95 %


class TesterSums(BaseModel):
    """Requests of a route's testers since the start."""

    status: dict[str, BySide] = {}  # answers by side
    failures: BySide = {}  # "<side>.<phase>"
    fallbacks: int = 0
    limited: int = 0


class RouteStatus(BaseModel):
    """One route now: sums since the facade started, rates and latency of the last ten seconds."""

    name: str
    match: str
    stage: str
    percent: float | None  # of keys that go to the new side, in canary; 25.0 is a quarter
    sample: float  # percent of requests asked on both sides
    new: str | None
    requests: BySide
    status: dict[str, BySide]
    failures: BySide  # "<side>.<phase>"
    fallbacks: int
    fallback_share: float | None = None  # 0..1 of those meant for new, in the last ten seconds
    retries: int
    limited: int  # logins that were refused: too many attempts
    near_misses: int  # requests that went past it by the spelling of their path alone
    idempotency: dict[str, int]  # requests with a key that was used before, or is not kept
    testers: TesterSums  # in none of the other numbers
    latency: dict[str, Percentiles]
    rates: dict[str, float]  # requests per second
    shadow: dict[str, Any]
    compare: CompareSums


class AttemptView(BaseModel):
    """How the last attempt to move a domain ended, as `fig cutover` said it."""

    at: float
    toward: str  # legacy or new
    who: str  # the name of the attempt
    words: str
    good: bool  # its owner is `toward` since then


class DomainView(BaseModel):
    """The owner of a domain, as the route file says it."""

    owner: str  # legacy, moving or new
    window: str | None  # open or closed; None: there is none, since new does not own it
    attempt: AttemptView | None  # None: there was none


class UnmatchedSums(BaseModel):
    """Requests that no route names: sums since the start, rate and latency of ten seconds."""

    requests: int
    status: BySide  # by class, "2xx"
    failures: BySide  # "legacy.<phase>"
    rate: float  # requests per second
    latency: Percentiles


class ShapeStatus(UnmatchedSums):
    """Those of one method and shape of path; "(others)" with "*" are all that are not listed."""

    method: str
    shape: str


class UnmatchedStatus(UnmatchedSums):
    """All of them, and the shapes with the most requests first."""

    shapes: list[ShapeStatus]


class BreakerView(BaseModel):
    """How a breaker stands in the worker where it stands worst. Seconds; None: no such time."""

    state: str
    lasted: float | None = Field(None, alias="for")
    next_probe_in: float | None = None
    why: str = ""  # it opened the last time
    cause: str | None = None  # the same, one of few


class UpstreamView(BaseModel):
    """Connections to one upstream and its breakers by route class, over all workers."""

    connections: int = 0
    idle: int = 0
    mended: dict[str, int] = {}  # answers with a fault that was put right, by kind
    breaker: dict[str, BreakerView] = {}


class Totals(BaseModel):
    """Over all routes."""

    requests: BySide
    rates: dict[str, float]
    failures: int
    fallbacks: int
    server_errors: int  # answers with 5xx that clients got
    compared: int
    mismatched: int
    clients: int  # connections open now
    aborted: int
    bad_requests: int


class LagView(BaseModel):
    """How far a new side is behind legacy; `history`: the last minute, every half second."""

    seconds: float | None
    reason: str = ""
    history: list[float | None] = []


class IdentityView(BaseModel):
    """How it is known who is asking."""

    ask: str  # the path that is asked, with GET
    upstream: str  # which is asked now
    # By upstream, since the start: asked, unanswered, stale (an old answer was used).
    counts: dict[str, dict[str, int]]


class RefusedKey(BaseModel):
    """A key that a limit refused often, or would have."""

    key: str  # an address, or a digest of what is secret
    times: int  # at most, since the start of the workers that run now


class LimitView(BaseModel):
    """One limit: requests since the facade started, over all workers and routes."""

    name: str
    mode: str  # shadow or enforce
    rate: str  # as in the route file: 10/m
    burst: int
    key: list[str]
    routes: list[str]
    passed: int
    refused: int
    would_refuse: int  # let through, because the limit only counts
    keyless: int  # not counted: they have none of its keys
    unchecked: int  # not counted: the memory of the host could not be used
    unlocked: int  # of those passed: another worker held the memory; each may be one too many
    forgotten: int  # keys that made room for others before they had paid
    who: list[RefusedKey]  # those refused most


class PartView(BaseModel):
    """One part of a composed route, since the facade started."""

    name: str
    get: str  # path and query, as in the route file
    optional: bool
    there: int
    missing: dict[str, int]  # by reason


class ComposedView(BaseModel):
    """A composed route: requests since the facade started, over all workers."""

    name: str
    match: str
    requests: int
    status: BySide  # by class, "2xx"
    partial: int  # of the answers: good, but without an optional part
    parts: list[PartView]


class AllowView(BaseModel):
    """One route with `allow`: requests since the facade started, over all workers."""

    route: str
    mode: str  # shadow or enforce
    demands: str  # in words
    passed: int
    refused: int
    would_refuse: int  # let through, because the route only counts
    unchecked: int  # let through, because no key is known yet
    reasons: dict[str, int]  # why not let in
    who: list[RefusedKey]  # who was refused most, or would be, and why


class SourceView(BaseModel):
    """Where credentials are known from: the file of API keys (`keys`), or an issuer."""

    name: str
    place: str  # a file, or an address
    keys: int | None  # that are known to every worker; None: none yet
    unknown: int  # tokens signed by a key that is not known, since the workers started
    error: str  # why it could not be read the last time; empty: it could


class MachinesView(BaseModel):
    """Which machines are let in."""

    routes: list[AllowView]
    sources: list[SourceView]


class Status(BaseModel):
    """`GET /api/status`."""

    now: float
    version: str | None
    file: str
    reload: Reload
    troubles: list[TroubleView] = []
    events: list[Event] = []
    failed: list[FailedRequest] = []
    workers: list[WorkerView]
    workers_wanted: int = 0  # so many the master keeps; one of them may not be connected just now
    routes: list[RouteStatus]
    domains: dict[str, DomainView] = {}
    unmatched: UnmatchedStatus
    upstreams: dict[str, UpstreamView]
    limits: list[LimitView] = []
    composed: list[ComposedView] = []  # none of them is among `routes`
    machines: MachinesView = MachinesView(routes=[], sources=[])
    identity: IdentityView | None = None  # None: no route needs it
    lag: dict[str, LagView] = {}
    totals: Totals
    moves: Guards | None = None  # what moves routes by itself


class RouteView(BaseModel):
    """`GET /api/routes`: one route as the file says it, defaults filled in."""

    name: str
    match: str
    stage: str  # or `composed`
    percent: float | None
    new: str | None
    key: list[str]
    seed: str
    fallback: bool
    sample: float
    rules: str | None
    guard: dict[str, Any] | None
    timeout: float | None
