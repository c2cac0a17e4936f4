"""A world without processes: a clock that a sample moves, and a new side that obeys the flips.

The flaws are what a test breaks on purpose.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from fig.demo.plan import PRODUCT_ROUTES
from fig.demo.record import (
    Difference,
    Evidence,
    Failure,
    Latency,
    Load,
    Pairs,
    PriceEdit,
    RouteSample,
    Sample,
    StepRecord,
)

TICK = 0.5  # seconds a sample takes
PER_TICK = 40  # requests of every route between two samples


@dataclass
class Flaws:
    """Ways in which the world can be worse than promised."""

    blind: bool = False  # the comparison sees nothing
    fault_stays: bool = False  # the restart does not mend the catalog
    deaf: bool = False  # the workers never take the new file
    stuck: bool = False  # the traffic does not follow
    failing: str = ""  # what a shopper complains about
    errors: int = 0  # 5xx that clients got
    eager: bool = False  # the new side answers clients while in shadow
    gullible: bool = False  # a promotion against the evidence is taken
    price_lost: bool = False  # the edited price never shows


class FakeRoute:
    """One route's stage and its counters."""

    def __init__(self) -> None:
        self.stage, self.percent = "legacy", None  # type: tuple[str, int | None]
        self.requests = {"legacy": 0, "new": 0}
        self.completed = self.mismatched = 0

    def traffic(self, faulty: bool, flaws: Flaws) -> None:
        """What happens between two samples."""
        share = {"canary": (self.percent or 0) / 100, "new": 1.0}.get(self.stage, 0.0)
        if flaws.stuck:
            share = 0.0
        if flaws.eager and self.stage == "shadow":
            share = 0.1
        new = round(PER_TICK * share)
        self.requests["new"] += new
        self.requests["legacy"] += PER_TICK - new
        if self.stage in ("shadow", "canary"):
            self.completed += PER_TICK
            self.mismatched += PER_TICK // 4 if faulty and not flaws.blind else 0


class FakeWorld:
    """See `world.World`. `clock()` is the runner's `now`."""

    def __init__(self, flaws: Flaws | None = None) -> None:
        self.flaws = flaws or Flaws()
        self.time = 0.0
        self.fault = ""
        self.users = 0
        self.requests = 0
        self.routes = {name: FakeRoute() for name in PRODUCT_ROUTES}
        self.version = "0" * 12
        self.calls: list[str] = []

    def clock(self) -> float:
        return self.time

    async def bring_up(self, fault: str) -> None:
        self.fault = fault
        self.calls.append("up")

    async def let_in(self, users: int) -> None:
        self.users = users

    async def flip(self, route: str, stage: str, percent: int | None) -> tuple[str, float | None]:
        self.calls.append(f"flip {route} {stage} {percent}")
        self.routes[route].stage, self.routes[route].percent = stage, percent
        self.version = hashlib.sha256(repr(self.calls).encode()).hexdigest()[:12]
        self.time += 0.05
        return self.version, None if self.flaws.deaf else 50.0

    async def refusal(self, route: str, stage: str, percent: int | None) -> str | None:
        self.calls.append(f"ask {route} {stage} {percent}")
        return None if self.flaws.gullible else f"the evidence speaks against {route} → {stage}"

    async def restart_catalog(self, fault: str) -> None:
        self.calls.append(f"restart {fault}")
        self.time += 2.0
        self.fault = self.fault if self.flaws.fault_stays else fault

    async def forget(self, route: str) -> None:
        self.routes[route].completed = self.routes[route].mismatched = 0

    async def differences(self, routes: Sequence[str]) -> tuple[Difference, ...]:
        return tuple(
            Difference(name, "$.price", "value", entry.mismatched, "/x", "10.46", "10.45")
            for name, entry in self.routes.items()
            if name in routes and entry.mismatched
        )

    async def evidence(self, routes: Sequence[str]) -> tuple[Evidence, ...]:
        return tuple(
            Evidence(name, entry.completed, 3 / max(entry.completed, 3), (), ("signed in",))
            for name, entry in self.routes.items()
            if name in routes
        )

    async def edit_price(self, nth: int) -> PriceEdit:
        self.calls.append("price")
        return PriceEdit(
            0.0, "AA-1", "10.00", f"1{nth}.00", None if self.flaws.price_lost else 40.0
        )

    async def send_home(self) -> None:
        self.users = 0

    async def sample(self) -> Sample | None:
        self.time += TICK
        for entry in self.routes.values():
            if self.users:
                entry.traffic(bool(self.fault), self.flaws)
        self.requests += PER_TICK * len(self.routes) if self.users else 0
        return Sample(
            at=self.time,
            version=self.version,
            workers=(self.version, self.version),
            routes={name: self.route_sample(name) for name in self.routes},
            load=self.load(),
            server_errors=self.flaws.errors,
        )

    def route_sample(self, name: str) -> RouteSample:
        entry = self.routes[name]
        matched = entry.completed - entry.mismatched
        return RouteSample(
            name,
            entry.stage,
            entry.percent,
            dict(entry.requests),
            {"legacy": Latency(9.0, 24.0), "new": Latency(3.0, 8.0)},
            Pairs(completed=entry.completed, matched=matched, mismatched=entry.mismatched),
        )

    def load(self) -> Load:
        complaint = self.flaws.failing
        reasons = (Failure("GET /api/products", complaint, 3),) if complaint else ()
        return Load(
            self.users,
            PER_TICK * len(self.routes) / TICK,
            self.requests,
            3 if reasons else 0,
            Latency(5.0, 20.0),
            reasons,
        )

    async def close(self) -> None:
        self.calls.append("close")


class FakeWatch:
    """Keeps what it was shown."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def begin(self, title: str, say: str) -> None:
        self.lines.append(f"> {title}: {say}")

    def progress(self, words: str) -> None:
        pass

    def see(self, sample: Sample) -> None:
        pass

    def event(self, words: str) -> None:
        self.lines.append(f"* {words}")

    def end(self, step: StepRecord) -> None:
        self.lines.append(f"{'=' if step.reached else '!'} {step.sentence}")
