"""What people ask of walks: begin, pause, resume, abort, approve, and what would happen."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from facade.control.guarding.moving import Mover
from facade.control.guarding.record import Record, active_walk
from facade.control.guarding.standing import Known
from facade.control.guarding.watching import Watching
from facade.guard import plan as plans
from facade.guard.plan import NoWay
from facade.guard.position import Position, of, parse
from facade.guard.walk import State, Walk, clients_moved, estimate, furthest_behind, next_of
from facade.journal.entry import Entry, Event
from facade.routes.config.walkfile import Plan
from facade.routes.decision import BUCKETS


@dataclass(frozen=True, slots=True)
class WalkRequest:
    """What `fig migrate` asks for; `plan` None: as the route file says."""

    routes: tuple[str, ...]
    to: Position
    plan: Plan | None
    who: str
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class Parts:
    """What walks work with. `save` writes the record, `enter` an entry of the journal."""

    record: Record
    known: Known
    watching: Watching
    mover: Mover
    save: Callable[[], None]
    enter: Callable[[Entry], bool]
    source: str

    def note(self, walk: Walk, who: str, why: str, source: str, now: float) -> None:
        """Write the record, and enter what became of a walk."""
        self.save()
        routes = ",".join(walk.routes)
        self.enter(Entry(Event.WALK, now, who, "person", why, source, route=routes))


class WalkRequests:
    """Each raises NoWay with what to do instead."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def begin(self, request: WalkRequest, now: float) -> Walk:
        """A new walk. Raises NoWay."""
        walk = self.planned(request, now)
        for name in walk.routes:
            known = active_walk(self._parts.record, name)
            if known is not None:
                raise NoWay(
                    f"{name} walks already, to {known.to}: fig migrate {name} --abort ends that"
                )
        self._parts.record.walks.append(walk)
        self._parts.note(
            walk, request.who, f"begins: to {walk.to}. {request.why}".strip(), request.source, now
        )
        return walk

    def planned(self, request: WalkRequest, now: float) -> Walk:
        """The walk that the request would begin. Raises NoWay."""
        configs = self._parts.known.configs(request.routes)
        plan = request.plan or self._parts.known.plan_of(configs)
        walk = Walk(
            secrets.token_hex(3), tuple(one.name for one in configs), str(request.to), plan,
            request.who, request.why, now, since=now,
        )  # fmt: skip
        start = min((of(one) for one in configs), key=lambda one: one.rank)
        plans.steps(plan, start, request.to)
        walk.stands = str(start)
        return walk

    def change(self, routes: Sequence[str], what: str, who: str, source: str, now: float) -> Walk:
        """Pause, resume, abort or approve the walk of these routes. Raises NoWay."""
        walk = next(filter(None, (active_walk(self._parts.record, one) for one in routes)), None)
        if walk is None:
            raise NoWay(f"{', '.join(routes)} is on no walk: fig migrate begins one")
        match what:
            case "pause":
                walk.pause(f"paused by {who}")
            case "resume":
                walk.resume()
            case "abort":
                walk.state, walk.words, walk.ended = State.ABORTED, f"aborted by {who}", now
            case _:
                step = self._approve(walk, who, now)
                what = f"approved {step}"
        self._parts.note(walk, who, f"{what}: to {walk.to}", source, now)
        return walk

    def _approve(self, walk: Walk, who: str, now: float) -> str:
        found = next_of(walk, self._parts.known.standing(walk), now)
        if not found.asks:
            raise NoWay(f"nothing waits for a word now: {found.words or walk.words}")
        goal = parse(walk.to)
        step = plans.steps(walk.plan, furthest_behind(self._parts.known.standing(walk)), goal)[0]
        walk.approved[str(step)] = who
        return str(step)

    def dry_run(self, request: WalkRequest, now: float) -> dict[str, Any]:
        """What the walk would do, to how many clients, and which evidence is missing now."""
        walk = self.planned(request, now)
        steps = plans.steps(walk.plan, parse(walk.stands), request.to)
        standing = self._parts.known.standing(walk, steps[0])
        configs = self._parts.known.configs(walk.routes)
        shares = {one.name: self._parts.watching.key_share(one) for one in configs}
        most = max(shares.values(), key=lambda one: one.buckets)
        below = [most.buckets_below(round(step.share * BUCKETS)) for step in steps]
        found = next_of(walk, standing, now)
        return {
            "routes": list(walk.routes), "from": walk.stands, "to": walk.to,
            "clients": most.buckets,
            "steps": [
                {
                    "to": str(step), "clients": count, "words": words,
                    "approve": plans.asks(walk.plan, step),
                }
                for step, count, words in zip(
                    steps, below, clients_moved(most.buckets, below), strict=True
                )
            ],
            "missing": "" if found.step else found.words,
            "seconds": estimate(walk, standing, found),
        }  # fmt: skip
