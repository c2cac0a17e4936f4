"""One `fig migrate`: what it is, and what it does next, from where its routes stand.

    walking ──▶ waits (time, pairs, bound, doubt, word) ──▶ a step ──▶ walking … ──▶ done
       │  ▲                                                                  aborted
       ▼  │ resumed
    paused: by a person, by an edit of one, after two moves back, or by a hook

A walk holds no position of its own: where it is, the table says. So whatever was interrupted, what
is next follows from the record and the table, and a step that was taken is not taken again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from facade.compare.evidence import written
from facade.compare.evidence.bounds import anytime_upper_bound
from facade.compare.evidence.sequential import pairs_until
from facade.compare.evidence.written import span
from facade.guard import plan as plans
from facade.guard.limits import BUDGET, DECLINED, more
from facade.guard.position import Position, parse
from facade.guard.surroundings import LAG, OURS
from facade.guard.verdict import Kind, Verdict
from facade.routes.config.routefile import FULL
from facade.routes.config.walkfile import Plan
from facade.routes.stages import Stage

COOL_SECONDS = 10.0  # after a move back, at least; else as long as at each step
MOST_BACKS = 2  # after so many a person has to say that it goes on
LEAST_REQUESTS = 20  # on the new side, of routes that have no pairs


class State(StrEnum):
    """Where a walk stands."""

    WALKING = "walking"
    PAUSED = "paused"
    DONE = "done"
    ABORTED = "aborted"


@dataclass(slots=True)
class Walk:
    """The record of one walk. Times are unix seconds; positions are written as in `Position`."""

    id: str
    routes: tuple[str, ...]
    to: str
    plan: Plan
    who: str
    why: str
    begun: float
    state: State = State.WALKING
    stands: str = ""  # where its routes stood at the last look, the furthest behind of them
    since: float = 0.0  # since when they stand there
    approved: dict[str, str] = field(default_factory=dict)  # step: who said so
    backs: int = 0
    cool_until: float = 0.0
    hook_done: str = ""  # the step whose before-step hook agreed
    words: str = ""  # what it waits for, or why it stands
    seconds: float | None = None  # until the next step, at this pace
    ended: float | None = None

    @property
    def active(self) -> bool:
        """Whether it is neither done nor aborted."""
        return self.state in (State.WALKING, State.PAUSED)

    def pause(self, why: str) -> None:
        """Take no further step until a person resumes it."""
        self.state, self.words, self.seconds = State.PAUSED, why, None

    def moved_back(self, now: float, why: str) -> None:
        """A guard moved its routes toward legacy."""
        self.backs += 1
        self.cool_until, self.hook_done = now + max(COOL_SECONDS, self.plan.time), ""
        self.approved.clear()
        if self.backs >= MOST_BACKS:
            self.pause(f"moved back {self.backs} times, the last time because {why}")

    def resume(self) -> None:
        """A person's word: go on, and count moves back from zero."""
        self.state, self.backs, self.cool_until, self.words = State.WALKING, 0, 0.0, ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one route of a walk."""

    position: Position
    verdict: Verdict | None  # None: the route has no guard
    copied: bool  # it has pairs
    pairs: int = 0  # compared since it stands where it stands
    mismatched: int = 0  # of `compared`, since its evidence began
    compared: int = 0
    in_doubt: int = 0  # differ, and are not counted before legacy was asked a second time
    pace: float = 0.0  # pairs per second
    requests: int = 0  # clients' requests on the new side since it stands there
    against: tuple[str, ...] = ()  # what `fig flip` would object


@dataclass(frozen=True, slots=True)
class Next:
    """What a walk does now: takes `step`, or waits, for the reason in `words`."""

    words: str
    step: Position | None = None
    seconds: float | None = None  # until the step, where that can be estimated
    asks: bool = False  # a person has to say so
    done: bool = False


def furthest_behind(routes: Mapping[str, Standing]) -> Position:
    """Where the walk is: at the route that is nearest to legacy."""
    return min((one.position for one in routes.values()), key=lambda one: one.rank)


def next_of(walk: Walk, routes: Mapping[str, Standing], now: float) -> Next:
    """What the walk does at `now`; `walk.since` must be when its routes came to stand here."""
    here, goal = furthest_behind(routes), parse(walk.to)
    if here.rank >= goal.rank:
        return Next(f"{walk.to} is reached", done=True)
    step = plans.steps(walk.plan, here, goal)[0]
    doubt = _doubt(routes)
    if doubt:
        return Next(doubt)
    if now < walk.cool_until:
        left = walk.cool_until - now
        return Next(f"moved back: waits {span(left)} before it goes on", seconds=left)
    waits = [] if here.stage is Stage.LEGACY else _waits(walk, routes, now)
    if waits:
        known = [seconds for _, seconds in waits if seconds is not None]
        seconds = max(known) if len(known) == len(waits) else None
        return Next("; ".join(words for words, _ in waits), seconds=seconds)
    if step.stage in (Stage.CANARY, Stage.NEW):
        against = [
            f"{name}: {'. '.join(one.against)}" for name, one in routes.items() if one.against
        ]
        if against:
            return Next("; ".join(against))
    if plans.asks(walk.plan, step) and str(step) not in walk.approved:
        names = ",".join(walk.routes)
        return Next(f"{step} needs a person's word: fig approve {names}", asks=True)
    return Next(f"goes to {step}", step=step)


def _doubt(routes: Mapping[str, Standing]) -> str:
    """Why no step is taken whatever the plan says; empty: there is no reason."""
    found = []
    for name, one in routes.items():
        verdict = one.verdict
        if verdict is None:
            continue
        if verdict.kind in (Kind.BACK, Kind.PAUSE):
            found.append(f"{name}: {verdict.words}")
        found += [
            f"{name}: {finding.words}"
            for finding in verdict.findings
            if finding.kind is Kind.HOLD and finding.cause in (OURS, LAG, DECLINED)
        ]
    return "; ".join(found)


def _waits(
    walk: Walk, routes: Mapping[str, Standing], now: float
) -> list[tuple[str, float | None]]:
    """What is missing before the next step, each with its seconds where they can be estimated."""
    found: list[tuple[str, float | None]] = []
    left = walk.since + walk.plan.time - now
    if left > 0:
        found.append((f"stays {span(left)} more", left))
    copied = {name: one for name, one in routes.items() if one.copied}
    for name, one in copied.items():
        found += [(f"{name}: {words}", seconds) for words, seconds in _pairs(walk.plan, one)]
    if not copied and furthest_behind(routes).share > 0:
        asked = sum(one.requests for one in routes.values())
        if asked < LEAST_REQUESTS:
            found.append((f"{asked} of {LEAST_REQUESTS} requests on the new side", None))
    return found


def _pairs(plan: Plan, one: Standing) -> list[tuple[str, float | None]]:
    missing = max(0, plan.pairs - one.pairs)
    limit = plan.bound / FULL
    until = pairs_until(one.mismatched, one.compared, limit, BUDGET)
    if until is None:
        share = f"{one.mismatched:,} of {one.compared:,} pairs differ, {written.share(limit)} may"
        return [(f"{share}; mended, `fig compare --reset` starts at zero", None)]
    needed = max(missing, until)
    if not needed:
        return _doubts(limit, one)
    bound = anytime_upper_bound(one.mismatched, one.compared)
    words = f"{one.compared:,} pairs, {one.mismatched:,} differ, at most {written.bound(bound)}"
    return [(f"{words}: {more(needed, one.pace)}", needed / one.pace if one.pace > 0 else None)]


def _doubts(limit: float, one: Standing) -> list[tuple[str, float | None]]:
    """Equal pairs are counted at once, those that differ once legacy was asked again: where that
    takes long, the evidence says too much good of the new side."""
    at_worst = one.mismatched + one.in_doubt, one.compared + one.in_doubt
    if pairs_until(*at_worst, limit, BUDGET) == 0:
        return []
    return [(f"{one.in_doubt:,} more pairs differ and wait for legacy's second answer", None)]


def estimate(walk: Walk, routes: Mapping[str, Standing], found: Next) -> float | None:
    """Seconds until the walk's end at this pace; None where it cannot be estimated."""
    if found.done:
        return 0.0
    if found.seconds is None and found.step is None:
        return None
    left = plans.steps(walk.plan, furthest_behind(routes), parse(walk.to))
    each = walk.plan.time
    for one in routes.values():
        if one.copied and one.pace > 0:
            each = max(each, walk.plan.pairs / one.pace)
    return (found.seconds or 0.0) + each * (len(left) - 1)


def clients_moved(seen: int, below: Sequence[int]) -> list[str]:
    """For each step in words: how many of the clients seen lately it gives the new side."""
    before, found = 0, []
    for count in below:
        found.append(f"{count - before:,} more of {seen:,} clients")
        before = count
    return found
