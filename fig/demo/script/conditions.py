"""What a step waits for, pure: samples -> met, waiting or never, with the progress in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from enum import Enum

from fig.demo.judge.sample import Pairs, Sample

# Requests in flight finish by the table they began with: for the first of these seconds after a
# flip nothing is counted, and after the second no request may go to the former side any more.
UNDER_WAY = (1.0, 8.0)
QUIET = 3.0  # seconds in which no request was declined
WINDOW = 1.5  # seconds of traffic that show where it goes


class Now(Enum):
    """How a condition stands."""

    MET = "met"
    WAITING = "waiting"
    NEVER = "never"


@dataclass(frozen=True)
class Standing:
    """How a condition stands, and a few words for the person who watches."""

    now: Now
    words: str = ""


@dataclass(frozen=True)
class Since:
    """The samples of one step, the first taken when its action was done."""

    samples: Sequence[Sample]

    @property
    def first(self) -> Sample:
        return self.samples[0]

    @property
    def last(self) -> Sample:
        return self.samples[-1]

    @property
    def seconds(self) -> float:
        return self.last.at - self.first.at


@dataclass(frozen=True)
class Shoppers:
    """All shoppers have started and get answers."""

    users: int

    def check(self, since: Since) -> Standing:
        load = since.last.load
        there = load.users >= self.users and load.rps > 0
        return Standing(Now.MET if there else Now.WAITING, f"{load.users} of {self.users} shoppers")


@dataclass(frozen=True)
class Caught:
    """The comparison has seen enough pairs, and some of them differ."""

    routes: tuple[str, ...]
    pairs: int

    def check(self, since: Since) -> Standing:
        pairs = total(since.last, self.routes)
        caught = pairs.completed >= self.pairs and pairs.mismatched > 0
        words = f"{pairs.mismatched} of {pairs.completed} pairs differ"
        return Standing(Now.MET if caught else Now.WAITING, words)


@dataclass(frozen=True)
class Clean:
    """Every route has so many equal pairs; a single differing pair ends the wait."""

    routes: tuple[str, ...]
    pairs: int

    def check(self, since: Since) -> Standing:
        all_pairs = total(since.last, self.routes)
        if all_pairs.mismatched:
            words = f"{all_pairs.mismatched} of {all_pairs.completed} pairs differ"
            return Standing(Now.NEVER, words)
        least = min(since.last.routes[name].pairs.completed for name in self.routes)
        words = f"{all_pairs.completed} pairs, 0 differ; at least {least} of {self.pairs} a route"
        return Standing(Now.MET if least >= self.pairs else Now.WAITING, words)


@dataclass(frozen=True)
class Lively:
    """Since the step began there was an order, a login and a new account."""

    def check(self, since: Since) -> Standing:
        then, now = since.first.load.orders, since.last.load.orders
        done = now.bought - then.bought, now.logins - then.logins
        joined = now.registrations - then.registrations
        words = f"{done[0]} orders, {done[1]} logins, {joined} registrations"
        return Standing(Now.MET if all((*done, joined)) else Now.WAITING, words)


@dataclass(frozen=True)
class Left:
    """Every shopper has left."""

    def check(self, since: Since) -> Standing:
        load = since.last.load
        words = f"{load.requests:,} requests, {load.failures} failed"
        return Standing(Now.WAITING if load.users else Now.MET, words)


@dataclass(frozen=True)
class Recovered:
    """Requests that need legacy pass again: the facade's breakers are closed, an account was
    opened since, and for some seconds no request was declined.
    """

    def check(self, since: Since) -> Standing:
        if held := since.last.held_back:
            words = f"circuit breakers toward legacy are not closed yet: {', '.join(held)}"
            return Standing(Now.WAITING, words)
        if since.last.load.orders.registrations == since.first.load.orders.registrations:
            return Standing(Now.WAITING, "no account was opened yet")
        lately = next(one for one in since.samples if one.at >= since.last.at - QUIET)
        if sum(since.last.load.excused.values()) > sum(lately.load.excused.values()):
            return Standing(Now.WAITING, "some requests that need legacy are still declined")
        return Standing(Now.MET if since.seconds >= QUIET else Now.WAITING)


@dataclass(frozen=True)
class Finished:
    """Every order that was pending when the step began has been finished or refused."""

    def check(self, since: Since) -> Standing:
        began, orders = since.first.load.time, since.last.load.orders
        words = f"{orders.finished} of {orders.pending} accepted orders finished"
        waits = orders.oldest is not None and orders.oldest <= began
        fresh = since.last.load.time > began  # figures from before say nothing of now
        return Standing(Now.WAITING if waits or not fresh else Now.MET, words)


@dataclass(frozen=True)
class Moved:
    """The traffic of every route goes where its stage says.

    `together`: for routes with little traffic that move together, it is enough that some of
    them get requests, and none goes to the wrong side.
    """

    routes: tuple[str, ...]
    stage: str
    together: bool = False

    def check(self, since: Since) -> Standing:
        window = self.window(since)
        if window is None:
            return Standing(Now.WAITING, "requests in flight finish where they began")
        words = f"the new side answers {share_of_new(window, self.routes):.0%}"
        return Standing(Now.MET if window.seconds >= WINDOW else Now.WAITING, words)

    def window(self, since: Since) -> Since | None:
        """The longest time up to now in which all traffic went where it should, or None."""
        earliest, latest = (since.first.at + seconds for seconds in UNDER_WAY)
        for index, sample in enumerate(since.samples):
            window = Since(since.samples[index:])
            if earliest <= sample.at <= latest and self.agree(window):
                return window
        return None

    def agree(self, window: Since) -> bool:
        if not all(self.agrees(name, window) for name in self.routes):
            return False
        return not self.together or self.goes_there(*self.answered(window, self.routes))

    def agrees(self, route: str, window: Since) -> bool:
        """Whether what this route's sides answered in the window is what its stage means."""
        legacy, new = self.answered(window, (route,))
        if self.together:
            return not self.goes_astray(legacy, new)
        return self.goes_there(legacy, new)

    def answered(self, window: Since, routes: Sequence[str]) -> tuple[int, int]:
        """By legacy and new; what legacy answered in place of the new side was meant for that."""
        legacy = new = 0
        for route in routes:
            here, there = answered_by(window, route)
            fell_back = fallbacks(window, route) if self.stage == "new" else 0
            legacy, new = legacy + max(0, here - fell_back), new + there
        return legacy, new

    def goes_there(self, legacy: int, new: int) -> bool:
        """There is traffic, and all of it goes where it should."""
        if self.goes_astray(legacy, new):
            return False
        if self.stage == "canary":
            return new > 0 and legacy > 0
        return new > 0 if self.stage == "new" else legacy > 0

    def goes_astray(self, legacy: int, new: int) -> bool:
        """Some of it goes to the side that gets none at this stage."""
        if self.stage in ("legacy", "shadow"):
            return new > 0
        return self.stage == "new" and legacy > 0


Condition = Shoppers | Caught | Clean | Moved | Recovered | Finished | Lively | Left


def answered_by(window: Since, route: str) -> tuple[int, int]:
    """How many requests of a route legacy and new answered within the window."""
    before, after = window.first.routes[route].requests, window.last.routes[route].requests
    legacy, new = (after.get(side, 0) - before.get(side, 0) for side in ("legacy", "new"))
    return legacy, new


def fallbacks(window: Since, route: str) -> int:
    """How often legacy stood in for the new side within the window."""
    return window.last.routes[route].fallbacks - window.first.routes[route].fallbacks


def share_of_new(window: Since, routes: Sequence[str]) -> float:
    """Share of the answers within the window that came from the new side, 0 to 1."""
    sides = [answered_by(window, name) for name in routes]
    both = sum(legacy + new for legacy, new in sides)
    return sum(new for _, new in sides) / both if both else 0.0


def total(sample: Sample, routes: Sequence[str]) -> Pairs:
    """The evidence of several routes added up."""
    found = [sample.routes[name].pairs for name in routes if name in sample.routes]
    return Pairs(*map(sum, zip(*map(astuple, [Pairs(), *found]), strict=True)))
