"""What was seen at one moment: the facade's figures, and the shoppers'.

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
    """The evidence of one route since it was last reset. Only completed pairs are evidence."""

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
class Orders:
    """What shoppers were answered about their orders. `oldest`: unix seconds at which the pending
    order that waits longest was accepted; None when none waits."""

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
        """Orders of the app that were accepted, at once or for later."""
        return self.placed + self.pending

    @property
    def bought(self) -> int:
        """Orders by app and pages."""
        return self.taken + self.checkouts


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
    orders: Orders = Orders()
    time: float = 0.0

    @property
    def strangers(self) -> int:
        """Of the excused: requests for the new side by people who had just logged in, of whom
        only legacy could have said who they are."""
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
