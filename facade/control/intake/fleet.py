"""The workers, living and dead, and the sum of what they counted."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from chassis.breaker.circuit import State
from facade.control.intake import sums
from facade.control.intake.shapes import bounded, with_histograms

_PARTS = ("routes", "unmatched", "identity", "mended")  # of a snapshot; they only grow
QUIET_SECONDS = 5.0
MOST_DEAD = 64  # dead workers remembered one by one; the older ones are kept as a sum

# worker number, process id, start: a worker that is replaced is another one
Identity = tuple[int, int, float]


@dataclass(slots=True)
class Worker:
    """One worker process and its last counters. Times are unix seconds."""

    identity: Identity
    seen: float
    alive: bool = True
    counters: dict[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> str | None:
        """The version of the table it decides by; None before its first counters."""
        version = self.counters.get("version")
        return version if isinstance(version, str) else None

    @property
    def build(self) -> str | None:
        """Which build of the data plane it runs, "compiled" or "python"; None as above."""
        build = self.counters.get("build")
        return build if isinstance(build, str) else None

    @property
    def draining(self) -> bool:
        """It takes no new connection and ends with what is under way."""
        return self.counters.get("draining") is True

    @property
    def routes(self) -> dict[str, Any]:
        """Its counts by route."""
        routes = self.counters.get("routes")
        return routes if isinstance(routes, dict) else {}


class Fleet:
    """All workers of this facade since its master started."""

    def __init__(self) -> None:
        self.workers: dict[Identity, Worker] = {}
        self._buried: dict[str, Any] = {}  # the sum of dead workers no longer listed
        self.news = asyncio.Event()  # requests were counted; its reader clears it
        self._asked = 0.0  # unix seconds: when a request was last counted

    def hello(self, meta: dict[str, Any], now: float) -> Worker:
        """A worker introduces itself, at its start or after the connection was lost."""
        identity = (int(meta["worker"]), int(meta["pid"]), float(meta["started"]))
        worker = self.workers.setdefault(identity, Worker(identity, now))
        worker.alive, worker.seen = True, now
        return worker

    def take(self, worker: Worker, counters: dict[str, Any], now: float) -> dict[str, Any]:
        """Take in a snapshot; returns how the shadow counts of each route grew."""
        before = {name: route.get("shadow", {}) for name, route in worker.routes.items()}
        if any(counters.get(part) != worker.counters.get(part) for part in _PARTS):
            self._asked = now
            self.news.set()
        worker.counters, worker.seen = counters, now
        after = {name: route.get("shadow", {}) for name, route in worker.routes.items()}
        return sums.growth(after, before)

    def quiet(self, now: float) -> bool:
        """Whether no client has asked anything for some seconds."""
        return now - self._asked > QUIET_SECONDS

    def lost(self, worker: Worker) -> None:
        """The connection to a worker ended; its counts stay in the sums."""
        worker.alive = False
        dead = [known for known in self.workers.values() if not known.alive]
        for known in sorted(dead, key=lambda one: one.seen)[: max(0, len(dead) - MOST_DEAD)]:
            sums.add(self._buried, _cumulative(known.counters))
            self._buried["unmatched"] = bounded(self._buried["unmatched"])
            del self.workers[known.identity]

    def restore(self, identity: Identity, counters: dict[str, Any], seen: float) -> None:
        """Remember a worker from before this process started; it may come back or be dead."""
        self.workers[identity] = Worker(identity, seen, alive=False, counters=counters)

    def living(self) -> list[Worker]:
        """The workers connected now, by number."""
        return sorted(
            (worker for worker in self.workers.values() if worker.alive),
            key=lambda worker: worker.identity,
        )

    def all_decide_by(self, version: str) -> bool:
        """Whether there are workers, and each decides by this version of the table."""
        living = self.living()
        return bool(living) and all(one.version == version for one in living)

    def total(self) -> dict[str, Any]:
        """The sums: `upstreams` and `open` are of now, the others since the master's start."""
        total: dict[str, Any] = {part: {} for part in (*_PARTS, "client")}
        sums.add(total, self._buried)
        for worker in self.workers.values():
            sums.add(total, _cumulative(worker.counters))
        total["unmatched"] = with_histograms(bounded(total["unmatched"]))
        # What a facade of before has counted names no upstream.
        asked = total["identity"].items()
        total["identity"] = {name: one for name, one in asked if isinstance(one, dict)}
        total["upstreams"] = self._upstreams()
        total["open"] = sum(
            worker.counters.get("client", {}).get("connections", 0) for worker in self.living()
        )
        return total

    def _upstreams(self) -> dict[str, Any]:
        total: dict[str, Any] = {}
        for worker in self.living():
            for name, counts in worker.counters.get("upstreams", {}).items():
                upstream = total.setdefault(name, {"connections": 0, "idle": 0, "breaker": {}})
                for gauge in ("connections", "idle"):
                    upstream[gauge] += counts.get(gauge, 0)
                _worst(upstream["breaker"], counts.get("breaker", {}))
        return total


_SEVERITY = (State.CLOSED, State.RAMP, State.HALF_OPEN, State.OPEN)


def _worst(breakers: dict[str, Any], others: dict[str, Any]) -> None:
    """Keep the facts of each breaker from the worker where it stands worst, and longest so."""
    for name, facts in others.items():
        known = breakers.get(name)
        if known is None or _badness(facts) > _badness(known):
            breakers[name] = facts


def _badness(facts: dict[str, Any]) -> tuple[int, float]:
    return _SEVERITY.index(facts["state"]), facts["for"] or 0.0


def _cumulative(counters: dict[str, Any]) -> dict[str, Any]:
    """The part of a snapshot that only grows."""
    client = {name: n for name, n in counters.get("client", {}).items() if name != "connections"}
    return {
        **{part: counters.get(part, {}) for part in _PARTS},
        "client": client,
    }
