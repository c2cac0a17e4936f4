"""What the operator wrote in the route file: frozen, checked, with every default filled in.

Durations are seconds (float), sizes bytes (int), shares basis points (int, 10000 = 100 %).
`file/reading.py` makes these from YAML, `table.py` compiles them, docs/route-file.md is for users.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Final, Literal

from facade.routes import trouble
from facade.routes.config.addressfile import ListenerTls, Prefix, Rewrite, Tls
from facade.routes.config.composefile import PartConfig
from facade.routes.config.domainfile import Domain
from facade.routes.config.limitfile import Attempts, KeySource, LimitConfig
from facade.routes.config.machinefile import AllowConfig, Machines
from facade.routes.config.matchfile import Condition
from facade.routes.config.walkfile import Hooks, Plan
from facade.routes.stages import Stage

LEGACY: Final = "legacy"  # the upstream every unknown path goes to, where there is one
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
FULL: Final = 10_000  # basis points

Balance = Literal["round-robin", "least-busy"]
TrailingSlash = Literal["exact", "ignore"]
CookieRule = Literal["remove", "keep"]


@dataclass(frozen=True, slots=True)
class Health:
    """Active probing of each address of an upstream."""

    path: str
    interval: float = 2.0
    timeout: float = 1.0


@dataclass(frozen=True, slots=True)
class Breaker:
    """When an upstream counts as broken; one breaker per upstream and route class."""

    count: tuple[str, ...] = trouble.COUNTED  # words of `trouble`
    failure_ratio: int = 5_000
    slow_ratio: int = FULL
    slow_call: float = 5.0
    window: float = 10.0
    minimum_calls: int = 20
    open_for: float = 5.0
    probes: int = 3
    probe_timeout: float = 2.0
    ramp: float = 5.0


@dataclass(frozen=True, slots=True)
class UpstreamTimeouts:
    """Longest waits on the upstream's side, in seconds."""

    connect: float = 2.0
    first_byte: float = 30.0
    progress: float = 30.0
    idle: float = 30.0


@dataclass(frozen=True, slots=True)
class UpstreamConfig:
    """A side to forward to: fixed addresses, or a service whose instances the registry knows."""

    name: str
    urls: tuple[str, ...] = ()
    service: str | None = None
    balance: Balance = "round-robin"
    health: Health | None = None
    breaker: Breaker = Breaker()
    connections: int = 256
    timeouts: UpstreamTimeouts = UpstreamTimeouts()
    host: str | None = None  # sent as Host; None: the client's Host
    tls: Tls = field(default_factory=Tls)
    prefix: Prefix = field(default_factory=Prefix)
    rewrite: Rewrite | None = None  # None: where `host` or `prefix` is given
    session_cookie: CookieRule = "remove"  # of a new side: whether it sees the session's cookie


@dataclass(frozen=True, slots=True)
class Compare:
    """How many requests are asked on both sides, and which rules judge the answers."""

    sample: int
    rules: str | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """Limits of the evidence; beyond one of them the route goes to `on_breach` by itself."""

    on_breach: Stage
    max_mismatch: int | None = None  # basis points of the pairs
    max_error_ratio: float | None = None
    max_p95_ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Fallback:
    """Whether legacy answers in place of a new side in trouble, and in which trouble."""

    allowed: bool = True
    on: tuple[str, ...] = trouble.FALLBACK  # words of `trouble`


@dataclass(frozen=True, slots=True)
class Promote:
    """The share of wrong answers, in basis points, that a step to canary or beyond it allows."""

    canary: int | None = None
    new: int | None = None  # to new, and to retired


@dataclass(frozen=True, slots=True)
class RouteConfig:
    """One entry under `routes`."""

    name: str
    methods: tuple[str, ...]  # upper case; ("*",) is every method
    template: str
    stage: Stage
    new: str | None = None
    percent: int | None = None  # basis points, in canary only
    key: tuple[KeySource, ...] = (KeySource("session"), KeySource("client"))
    seed: str = ""
    fallback: Fallback = Fallback()
    safe: bool | None = None  # None: by method (GET, HEAD, OPTIONS)
    compare: Compare | None = None
    guard: Guard | None = None
    promote: Promote = Promote()
    plan: str | None = None
    timeout: float | None = None
    first_byte: float | None = None
    max_body: int | None = None
    needs: tuple[str, ...] = ()
    max_lag: float | None = None  # seconds the new side may be behind when it is given more
    compose: tuple[PartConfig, ...] = ()  # the reads it is composed of, in place of any side
    attempts: Attempts | None = None  # it logs in: limits of how often
    limits: tuple[str, ...] = ()  # names under `limits`; all of them hold
    allow: AllowConfig | None = None  # what it demands of the machine that asks
    domain: str | None = None  # the domain that it reads or writes: a name under `domains`
    host: tuple[str, ...] = ()  # none: any
    when: tuple[Condition, ...] = ()  # all of them hold
    testers: tuple[Condition, ...] = ()  # requests that meet one go to the new side

    @property
    def writes(self) -> bool:
        """Whether one of its methods may change data, by `safe` or by the method."""
        return not SAFE_METHODS.issuperset(self.methods) if self.safe is None else not self.safe

    @property
    def match(self) -> str:
        """Methods, hosts and template; conditions in short."""
        words = [f"{one.source}={'|'.join(one.values)}" for one in self.when]
        hosts = f"//{'|'.join(self.host)}" if self.host else ""
        return " ".join([f"{'|'.join(self.methods)} {hosts}{self.template}", *words])


@dataclass(frozen=True, slots=True)
class ArrayRule:
    """How the elements of an array are paired: by a key, or as an unordered bag.

    With both they are paired by the key, and their order does not count.
    """

    path: str
    key: str | None = None
    unordered: bool = False


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two values at a path may lie apart; exactly one of the fields is set."""

    path: str
    decimal: float | None = None
    seconds: float | None = None
    shape: bool = False
    strip: str | None = None  # a regular expression: what it matches is taken out first


@dataclass(frozen=True, slots=True)
class Expected:
    """A difference that is known, with its reason, its owner and its last day.

    With `within`, only a difference of values that this tolerance would forgive.
    """

    path: str
    why: str
    owner: str
    until: date
    within: Tolerance | None = None


@dataclass(frozen=True, slots=True)
class CompareRules:
    """One entry under `compare_rules`."""

    name: str
    arrays: tuple[ArrayRule, ...] = ()
    tolerate: tuple[Tolerance, ...] = ()
    expect: tuple[Expected, ...] = ()
    ignore: tuple[str, ...] = ()
    headers: tuple[str, ...] = ("content-type", "location", "cache-control", "set-cookie")
    secret: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may ask of one worker."""

    connections: int = 10_000
    connections_per_client: int = 2_048
    line: int = 16 * 1024
    headers: int = 100
    head: int = 64 * 1024
    body: int = 1024**3
    buffer: int = 64 * 1024
    repeat: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class ClientTimeouts:
    """Longest waits on the client's side, in seconds; `exchange` 0 means no limit."""

    handshake: float = 10.0
    head: float = 10.0
    body: float = 30.0
    write: float = 30.0
    idle: float = 75.0
    exchange: float = 600.0
    drain: float = 20.0


@dataclass(frozen=True, slots=True)
class ShadowLimits:
    """What the copies may cost at most, per worker."""

    inflight: int = 64
    queue: int = 256
    body: int = 2 * 1024**2
    deadline: float = 5.0


@dataclass(frozen=True, slots=True)
class IdentityOptions:
    """How the owner of a request's session is looked up; times in seconds.

    Legacy is asked, until the route of `ask` is at `new`: then its new side.
    """

    ask: str  # a path; answers 200 with `email` and `name`, or 401
    forget_on: tuple[str, ...] = ()  # routes that log in or out
    keep: float = 5.0
    keep_silent: float = 43_200.0  # the same while there is no answer
    timeout: float = 2.0
    entries: int = 10_000


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """The framework that writes the session's cookie."""

    preset: str  # a key of `sessions.PRESETS`
    sticky: bool | None = None  # None: where the framework changes the cookie


@dataclass(frozen=True, slots=True)
class ReadYourWrites:
    """How a client carries the time of its last write; `remember` is in seconds."""

    by: Literal["cookie", "header", "both", "off"] = "cookie"
    cookie: str = "fig_after"
    remember: float = 60.0


@dataclass(frozen=True, slots=True)
class AdminOptions:
    """Which clients may use the admin port."""

    hosts: tuple[str, ...] = ()  # names it is asked by, beside loopback names and IP addresses
    token: bool = True
    open: tuple[str, ...] = ("readyz", "metrics", "jwks")  # what needs no token


@dataclass(frozen=True, slots=True)
class Tracing:
    """Shares of requests that are traced, in basis points."""

    sample: int = 0
    writes: int | None = None  # of requests whose method is not safe; None: as `sample`


@dataclass(frozen=True, slots=True)
class FacadeOptions:
    """The section `facade`: how the facade itself behaves."""

    expose: bool = False
    health: str | None = None  # a path on the public port that the facade itself answers
    via: bool = True  # requests to upstreams have a Via header
    match_case: bool = True  # `/Cart` is another path than `/cart`
    trailing_slash: TrailingSlash = "exact"  # whether `/cart/` is another path than `/cart`
    access_log: int = 0  # share of requests logged, in basis points
    tracing: Tracing = Tracing()
    session_cookie: str = "session"
    session: SessionOptions | None = None
    tls: ListenerTls | None = None  # None: clients speak plain HTTP
    trusted_proxies: tuple[str, ...] = ()
    limits: Limits = Limits()
    timeouts: ClientTimeouts = ClientTimeouts()
    shadow: ShadowLimits = ShadowLimits()
    promote: Promote = Promote()
    identity: IdentityOptions | None = None
    read_your_writes: ReadYourWrites = ReadYourWrites()
    admin: AdminOptions = AdminOptions()
    leaving: tuple[str, ...] = ()  # routes that may be missing although new answered them
    hooks: Hooks = field(default_factory=Hooks)


def _empty() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RouteFile:
    """The whole file. `version` is the first 12 hex digits of the SHA-256 of its bytes."""

    version: str
    upstreams: Mapping[str, UpstreamConfig]
    routes: tuple[RouteConfig, ...] = ()
    compare_rules: Mapping[str, CompareRules] = field(default_factory=_empty)
    plans: Mapping[str, Plan] = field(default_factory=_empty)
    facade: FacadeOptions = FacadeOptions()
    domains: Mapping[str, Domain] = field(default_factory=_empty)
    limits: Mapping[str, LimitConfig] = field(default_factory=_empty)
    machines: Machines = field(default_factory=Machines)

    @property
    def has_legacy(self) -> bool:
        """Whether there is still a legacy side; else what no route names is answered with 404."""
        return LEGACY in self.upstreams
