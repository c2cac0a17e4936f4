"""A world without processes: a clock that a sample moves, and a new side that obeys the flips.

The flaws are what a test breaks on purpose.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fig.demo.judge.ownership import Gone, Handover, Window
from fig.demo.judge.record import (
    Difference,
    Entity,
    Evidence,
    Law,
    PriceEdit,
    Reading,
    StepRecord,
    Verified,
)
from fig.demo.judge.record import Flip as FlipRecord
from fig.demo.judge.sample import Failure, Latency, Load, Orders, Pairs, RouteSample, Sample
from fig.demo.script.actions import Flip, Migrate
from fig.demo.script.pace import MOVED, Pace
from fig.demo.script.plan import acts
from fig.demo.script.step import Act, Step
from fig.demo.stage.world import Retired

TICK = 0.5  # seconds a sample takes
PER_TICK = 40  # requests of every route between two samples


def plan(pace: Pace) -> tuple[Step, ...]:
    """The steps of all acts."""
    return tuple(step for act in acts(pace) for step in act.steps)


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
    retiring: bool = False  # a route whose data legacy owns is retired
    price_lost: bool = False  # the edited price never shows
    closed: bool = False  # no order is accepted while legacy is stopped
    stranger: bool = False  # somebody orders who has just logged in; no flaw
    harmed: bool = False  # order pages fail while legacy is stopped
    held_back: bool = False  # requests for legacy are held back for ever after
    stalled: bool = False  # what was pending stays pending
    one_way: bool = False  # legacy does not know the orders of the new side
    lawless: bool = False  # fig verify finds a law broken
    missed: bool = False  # somebody needs legacy after the farewell
    empty: bool = False  # nobody orders after the farewell
    dropped_write: bool = False  # a write fails while a domain changes its owner
    lost: bool = False  # an acknowledged order is nowhere
    unequal: bool = False  # fig verify finds a difference
    stuck_saga: bool = False  # a saga waits for a person


class FakeRoute:
    """One route's stage and its counters."""

    def __init__(self) -> None:
        self.stage, self.percent = "legacy", None  # type: tuple[str, int | None]
        self.requests = {"legacy": 0, "new": 0}
        self.completed = self.mismatched = self.errors = 0

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
        self.routes = {name: FakeRoute() for name in MOVED}
        self.pending = self.finished = self.deeds = 0
        self.sampled = asyncio.Event()
        self.version = "0" * 12
        self.calls: list[str] = []

    def clock(self) -> float:
        return self.time

    async def bring_up(self, fault: str) -> None:
        self.fault = fault
        self.calls.append("up")

    async def let_in(self, users: int) -> None:
        self.users = users

    async def flip(self, action: Flip) -> Sequence[FlipRecord]:
        found = []
        for route in action.routes:
            self.calls.append(f"flip {route} {action.stage} {action.percent}")
            self.routes[route].stage = action.stage
            self.routes[route].percent = action.percent
            self.version = hashlib.sha256(repr(self.calls).encode()).hexdigest()[:12]
            self.time += 0.05
            ms = None if self.flaws.deaf else 50.0
            last = FlipRecord(0.0, route, action.stage, action.percent, self.version, ms)
            passed = replace(last, stage="canary", percent=0, passing=True)
            found += [passed, last] if action.walk else [last]
        return found

    async def migrate(self, action: Migrate) -> Sequence[FlipRecord]:
        return await self.flip(Flip(action.routes, "shadow"))

    async def stopped(self, routes: Sequence[str]) -> str:
        self.calls.append("stopped")
        return "the walk stands at shadow: a guard says why"

    async def walked(self, routes: Sequence[str], percent: int) -> Sequence[FlipRecord]:
        return await self.flip(Flip(tuple(routes), "canary", percent))

    async def approve(self, routes: Sequence[str]) -> Sequence[FlipRecord]:
        return await self.flip(Flip(tuple(routes), "new"))

    async def refusal(self, route: str, stage: str, percent: int | None) -> str | None:
        self.calls.append(f"ask {route} {stage} {percent}")
        if stage == "retired":
            return None if self.flaws.retiring else f"'{route}' cannot be retired: legacy owns it"
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
            Evidence(
                name, entry.completed, f"{3 / max(entry.completed, 3):.2%}", (), ("signed in",)
            )
            for name, entry in self.routes.items()
            if name in routes
        )

    async def edit_price(self, nth: int) -> PriceEdit:
        self.calls.append("price")
        return PriceEdit(
            0.0, "AA-1", "10.00", f"1{nth}.00", None if self.flaws.price_lost else 40.0
        )

    async def stop_legacy(self, seconds: float) -> None:
        self.calls.append("stop legacy")
        self.time += seconds
        self.routes["register"].errors += 7
        self.routes["place-order"].errors += self.flaws.stranger
        self.routes["order-list"].errors += self.flaws.harmed
        self.pending += 0 if self.flaws.closed else 5
        self.sampled.clear()
        await self.sampled.wait()  # the sampler comes round, as it does while a command runs

    async def legacy_is_back(self) -> None:
        self.calls.append("legacy is back")

    async def read_orders(self, side: str) -> Reading:
        self.calls.append(f"read {side}")
        lost = self.flaws.one_way and side == "legacy"
        return Reading(side, 8, ("SO-1: legacy says 404",) if lost else ())

    async def cut_over(self, domain: str, toward: str, bound: int) -> Handover:
        self.calls.append(f"cut over {domain} {toward}")
        failed = 1 if self.flaws.dropped_write else 0
        return Handover(domain, toward, 2.5, waited=3, worst=120.0, failed=failed)

    async def close_window(self, domain: str) -> Window:
        self.calls.append(f"close {domain}")
        return Window(domain, "both sides hold the same")

    async def retire(self, horizon: float) -> Retired:
        self.calls.append("retire")
        return Retired(tuple(self.routes), "watched for 3 s, and 10 s are asked for")

    async def farewell(self) -> Gone:
        self.calls.append("farewell")
        steps = (("archive", 2.0, "12 tables"), ("database", 0.1, "'legacy' is dropped"))
        return Gone(0.0, steps, "/archive/legacy.dump", 3_000_000, 12, 5_020)

    async def verify(self) -> Verified:
        self.calls.append("verify")
        stuck = ("S1: parked",) if self.flaws.stuck_saga else ()
        wrong = ("LT-1: acknowledged as SO-1, and lost",) if self.flaws.lost else ()
        differ = 1 if self.flaws.unequal else 0
        broken = 1 if self.flaws.lawless else 0
        return Verified(
            ok=not (stuck or wrong or differ or broken),
            entities=(Entity("orders", "order", "orders", 5_020, differ),),
            laws=(Law("books", "an order is paid once", broken),),
            stuck=stuck,
            acknowledged=20,
            accepted=5,
            by_saga=12,
            wrong=wrong,
        )

    async def send_home(self) -> None:
        self.users = 0

    async def sample(self) -> Sample | None:
        self.time += TICK
        self.sampled.set()
        for entry in self.routes.values():
            if self.users:
                entry.traffic(bool(self.fault), self.flaws)
        self.requests += PER_TICK * len(self.routes) if self.users else 0
        self.deeds += 1 if self.users and not (self.flaws.empty and "farewell" in self.calls) else 0
        if "legacy is back" in self.calls and not self.flaws.stalled:
            self.finished = self.pending
        return Sample(
            at=self.time,
            version=self.version,
            workers=(self.version, self.version),
            routes={name: self.route_sample(name) for name in self.routes},
            load=self.load(),
            server_errors=self.flaws.errors + sum(one.errors for one in self.routes.values()),
            held_back=("read open",) if self.flaws.held_back and self.pending else (),
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
            errors=entry.errors,
            match="POST" if name in ("place-order", "cancel-order", "register") else "GET /",
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
            excused={
                "GET /": int(self.flaws.missed and "farewell" in self.calls and self.users == 0),
                "POST /register": self.routes["register"].errors,
                "POST /api/orders (who is asking)": self.routes["place-order"].errors,
            },
            orders=self.receipts(),
            time=self.time,
        )

    def receipts(self) -> Orders:
        waiting = self.pending - self.finished
        return Orders(
            placed=10,
            pending=self.pending,
            finished=self.finished,
            waiting=waiting,
            oldest=1.0 if waiting else None,
            checkouts=self.deeds,
            logins=self.deeds,
            registrations=self.deeds,
        )

    async def close(self) -> None:
        self.calls.append("close")


class FakeWatch:
    """Keeps what it was shown."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def open(self, act: Act) -> None:
        self.lines.append(f"# {act.number} {act.title}")

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
