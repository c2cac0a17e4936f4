"""What a worker counts: plain integers, cumulative since its start, sent as one snapshot."""

import json
import logging
from typing import Any

from facade.proxy.counting.keys import KeyCounts
from facade.proxy.counting.limits import LimitCounts, RefusedKeys
from facade.proxy.counting.machines import MachineCounts
from facade.proxy.counting.parts import PartCounts
from facade.proxy.counting.sides import SideCounts, by_class
from facade.proxy.counting.unmatched import UnmatchedCounts
from facade.routes.matching.spelling import LOOSE, loosest
from facade.routes.route import Route
from facade.routes.table import UNMATCHED_NAME

log = logging.getLogger("facade.proxy.counting.metrics")


class ShadowCounts:
    """Copies of a route's requests."""

    __slots__ = ("completed", "dispatched", "failed", "shed")

    def __init__(self) -> None:
        self.dispatched = 0
        self.completed = 0
        self.failed = 0
        self.shed: dict[str, int] = {}  # by cause

    def shed_by(self, cause: str) -> None:
        """Count a copy that was not made, or given up."""
        self.shed[cause] = self.shed.get(cause, 0) + 1


def _remedy(path: str) -> str:
    if LOOSE.of(path) == loosest(path):
        return "write facade: {match_case: false, trailing_slash: ignore}"
    return "write a route for it too, with the same seed"


class RouteCounts:
    """Everything counted for one route."""

    __slots__ = (
        "declined",
        "diverted",
        "fallbacks",
        "idempotency",
        "keys",
        "legacy",
        "limited",
        "limits",
        "machines",
        "near_misses",
        "new",
        "parts",
        "retries",
        "shadow",
        "testers",
    )

    def __init__(self) -> None:
        self.legacy = SideCounts()
        self.new = SideCounts()
        self.fallbacks = 0  # requests meant for the new side that legacy was asked instead
        self.declined = 0  # of the fallbacks: the new side said that it did nothing
        self.diverted = 0  # of the fallbacks: the new side was not even asked
        self.retries = 0
        self.limited = 0  # logins that were refused: too many attempts
        self.limits: dict[str, LimitCounts] = {}  # by the name of the limit
        self.machines = MachineCounts()
        self.near_misses = 0  # requests that miss the route by the spelling of their path alone
        self.idempotency: dict[str, int] = {}  # requests with a key, by what the key made of them
        self.shadow = ShadowCounts()
        self.keys: KeyCounts | None = None  # only where the route is watched
        self.parts: PartCounts | None = None  # only of a composed route
        self.testers: RouteCounts | None = None  # their requests are in none of the others

    def of_testers(self) -> "RouteCounts":
        """Where the route's testers are counted; pairs and keys are such, whoever asked."""
        if self.testers is None:
            self.testers = RouteCounts()
            self.testers.shadow = self.shadow
            self.testers.idempotency = self.idempotency
            self.testers.limits = self.limits
            self.testers.machines = self.machines
        return self.testers

    def of_parts(self) -> PartCounts:
        """Where the requests of a composed route are counted."""
        if self.parts is None:
            self.parts = PartCounts()
        return self.parts

    def near_miss(self, route: Route, path: str) -> None:
        """Count a request that goes past the route; the log names the first one."""
        self.near_misses += 1
        if self.near_misses == 1:
            log.warning(
                "%s is another path than that of route %s (%s), and goes past it; if the"
                " application takes them for one, %s",
                json.dumps(path),
                route.name,
                route.match,
                _remedy(path),
            )

    def keyed(self, route: Route, what: str) -> None:
        """Count a request whose key was used before, or is not kept; the log says so."""
        self.idempotency[what] = self.idempotency.get(what, 0) + 1
        log.info("route %s: a request with an Idempotency-Key was %s", route.name, what)

    def limit(self, name: str) -> LimitCounts:
        """What the limit of this name made of the route's requests."""
        counts = self.limits.get(name)
        if counts is None:
            counts = self.limits[name] = LimitCounts()
        return counts

    def watch(self, seed: str, threshold: int) -> None:
        """Count keys by bucket from now on; counts under another percentage are dropped."""
        keys = self.keys
        if keys is None or (keys.seed, keys.threshold) != (seed, threshold):
            self.keys = KeyCounts(seed, threshold)

    def outcomes(self) -> dict[str, Any]:
        """Outcomes of requests: answers by side and class of status, failures, fallbacks."""
        sides = {"legacy": self.legacy, "new": self.new}
        return {
            "status": {name: by_class(side.status) for name, side in sides.items()},
            "failures": {
                f"{name}.{phase}": number
                for name, side in sides.items()
                for phase, number in side.failures.items()
            },
            "fallbacks": self.fallbacks,
            "limited": self.limited,
        }

    def snapshot(self) -> dict[str, Any]:
        """The route's part of the counters frame."""
        sides = {"legacy": self.legacy, "new": self.new}
        shadow = self.shadow
        return {
            "requests": {name: side.requests for name, side in sides.items()},
            **self.outcomes(),
            "declined": self.declined,
            "diverted": self.diverted,
            "retries": self.retries,
            "near_misses": self.near_misses,
            "idempotency": self.idempotency,
            "limits": {name: one.snapshot() for name, one in self.limits.items()},
            "caller": self.legacy.take_caller(),
            "composed": {} if self.parts is None else self.parts.snapshot(),
            "machines": self.machines.snapshot(),
            "testers": {} if self.testers is None else self.testers.outcomes(),
            "latency": {name: side.latency for name, side in sides.items()},
            "shadow": {
                "dispatched": shadow.dispatched,
                "completed": shadow.completed,
                "failed": shadow.failed,
                "shed": shadow.shed,
            },
        }


class ClientCounts:
    """What concerns clients rather than routes."""

    __slots__ = (
        "aborted",
        "bad_requests",
        "connections",
        "refused",
        "tls_failed",
        "tls_late",
        "tls_plain",
    )

    def __init__(self) -> None:
        self.connections = 0  # open now
        self.aborted = 0
        self.bad_requests = 0
        self.refused = 0  # connections beyond a limit
        # connections on which TLS does not stand
        self.tls_failed = 0
        self.tls_late = 0  # not in time
        self.tls_plain = 0  # the client speaks plain HTTP

    def snapshot(self) -> dict[str, int]:
        """The client's part of the counters frame."""
        return {
            "connections": self.connections,
            "aborted": self.aborted,
            "bad_requests": self.bad_requests,
            "refused": self.refused,
            "tls_failed": self.tls_failed,
            "tls_late": self.tls_late,
            "tls_plain": self.tls_plain,
        }


class IdentityCounts:
    """Lookups of session owners at one upstream."""

    __slots__ = ("asked", "stale", "unanswered")

    def __init__(self) -> None:
        self.asked = 0
        self.unanswered = 0
        self.stale = 0  # an old answer was used, because there was no new one

    def snapshot(self) -> dict[str, int]:
        """The upstream's part of the counters frame."""
        return {"asked": self.asked, "unanswered": self.unanswered, "stale": self.stale}


class Counters:
    """All that one worker counts; a route's counts outlive the tables it stands in."""

    def __init__(self) -> None:
        self.routes: dict[str, RouteCounts] = {}
        self.unmatched = UnmatchedCounts(self.of_route(UNMATCHED_NAME).legacy)
        self.client = ClientCounts()
        self.identity: dict[str, IdentityCounts] = {}  # by the upstream that was asked
        self.refused: dict[str, RefusedKeys] = {}  # by the limit that refused them
        self.unproven: dict[str, RefusedKeys] = {}  # machines, by the route that refused them

    def identity_of(self, upstream: str) -> IdentityCounts:
        """The counts of lookups at this upstream."""
        return self.identity.setdefault(upstream, IdentityCounts())

    def refused_of(self, limit: str) -> RefusedKeys:
        """The keys that this limit refused, or would have."""
        return self.refused.setdefault(limit, RefusedKeys())

    def unproven_of(self, route: str) -> RefusedKeys:
        """The machines that this route refused, or would have, each with the reason."""
        return self.unproven.setdefault(route, RefusedKeys())

    def of_route(self, name: str) -> RouteCounts:
        """The counts of the route of this name."""
        return self.routes.setdefault(name, RouteCounts())
