"""A circuit breaker as a pure state machine: clock, chance and outcome in, verdict out.

    closed ──too many failed or slow──▶ open ──after open_for──▶ half-open ──all probes good──▶ ramp
      ▲                                  ▲                          │ a probe failed, was     │
      │                                  └──────────────────────────┘ slow, or never came back│
      │                                  └──────too many failed or slow again─────────────────┤
      └─────────────────────────────────────────────────────────────────after `ramp` seconds──┘

Times are seconds of one monotonic clock. The caller of `acquire` gets a permit and must give it
back with `release`, whatever happened: a call that was cancelled counts for neither side.
"""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SLOTS = 10  # of the sliding window
REFUSED = -1  # instead of a permit


class State(StrEnum):
    """The states of a breaker."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"
    RAMP = "ramp"


class Outcome(StrEnum):
    """How a permitted call ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"  # says nothing about the callee


class Cause(StrEnum):
    """What opens a breaker; few, so that a metric may name them."""

    CALLS_FAILED = "calls failed"
    CALLS_SLOW = "calls were slow"
    PROBE_FAILED = "a probe failed"
    PROBE_SLOW = "a probe was slow"
    PROBE_LOST = "a probe did not come back"


# What each call asks for: Python 3.11 needs ten times as long to find a member on its enum.
_CLOSED: Final = State.CLOSED
_HALF_OPEN: Final = State.HALF_OPEN
_FAILURE: Final = Outcome.FAILURE
_CANCELLED: Final = Outcome.CANCELLED


@dataclass(frozen=True, slots=True)
class BreakerSettings:
    """Ratios lie in 0..1 (a ratio of 1 means: only if every call did); the rest are seconds."""

    failure_ratio: float = 0.5
    slow_ratio: float = 1.0
    slow_call: float = 5.0
    window: float = 10.0
    minimum_calls: int = 20
    open_for: float = 5.0
    open_most: float = 0.0  # doubled each time the probes fail, up to this; 0: never longer
    probes: int = 3
    probe_timeout: float = 2.0
    ramp: float = 5.0
    trickle: int = 0  # the ramp holds no call back while fewer than these are under way


class _Window:
    """Calls of the last `window` seconds, in slots that expire one by one."""

    __slots__ = ("_at", "_width", "calls", "failed", "slots", "slow")

    def __init__(self, seconds: float) -> None:
        self._width = seconds / SLOTS
        self._at = 0
        self.slots = [[0, 0, 0] for _ in range(SLOTS)]
        self.calls = self.failed = self.slow = 0

    def add(self, now: float, failed: bool, slow: bool) -> None:
        """Count one call."""
        at = int(now / self._width)
        if at != self._at:
            self._forget(at)
        slot = self.slots[at % SLOTS]
        slot[0] += 1
        self.calls += 1
        if failed:
            slot[1] += 1
            self.failed += 1
        if slow:
            slot[2] += 1
            self.slow += 1

    def _forget(self, at: int) -> None:
        for step in range(max(self._at + 1, at - SLOTS + 1), at + 1):
            slot = self.slots[step % SLOTS]
            self.calls -= slot[0]
            self.failed -= slot[1]
            self.slow -= slot[2]
            slot[:] = (0, 0, 0)
        self._at = max(at, self._at)


class Breaker:
    """Guards one callee for one class of calls."""

    __slots__ = (
        *("_generation", "_opened", "_probes", "_settings", "_since", "_successes", "_under_way"),
        "_window",
        *("cause", "state", "why"),
    )

    def __init__(self, settings: BreakerSettings) -> None:
        self._settings = settings
        self.state = State.CLOSED
        self.cause: Cause | None = None  # of its opening the last time
        self.why = ""  # the same in words, with numbers
        self._since = 0.0  # when this state began
        self._opened = 0  # times since it was closed
        # A permit is the generation it was given in: what belongs to an earlier state is ignored.
        self._generation = 0
        self._window = _Window(settings.window)
        self._probes: deque[float] = deque()  # when the probes that are out were let go
        self._successes = 0
        self._under_way = 0  # on the ramp

    def acquire(self, now: float, chance: float) -> int:
        """A permit for one call, or REFUSED; `chance` in [0, 1) decides while ramping up."""
        if self.state is _CLOSED:
            return self._generation
        self.tick(now)
        if self.state is State.OPEN:
            return REFUSED
        if self.state is State.HALF_OPEN:
            if len(self._probes) + self._successes >= self._settings.probes:
                return REFUSED
            self._probes.append(now)
        elif self.state is State.RAMP:
            if self._under_way >= self._settings.trickle and self._too_early(now, chance):
                return REFUSED
            self._under_way += 1
        return self._generation

    def _too_early(self, now: float, chance: float) -> bool:
        return chance * self._settings.ramp >= now - self._since

    def release(self, permit: int, outcome: Outcome, now: float, took: float) -> None:
        """Give a permit back; `took` is how long the call lasted."""
        if permit != self._generation:
            return
        slow = took >= self._settings.slow_call
        if self.state is _HALF_OPEN:
            self._forget_probe(now - took)
            self._probe_ended(outcome, now, slow)
            return
        if self._under_way:
            self._under_way -= 1
        if outcome is not _CANCELLED:
            failed = outcome is _FAILURE
            window = self._window
            window.add(now, failed, slow)
            cause = self._too_many(window) if failed or slow else None
            if cause is not None:
                counts = f"{window.failed} of {window.calls} calls failed, {window.slow} were slow"
                self._open(cause, counts, now)

    def tick(self, now: float) -> None:
        """Take the steps that time alone brings, as of when they were due. Every query does so."""
        settings = self._settings
        if self.state is State.OPEN and now - self._since >= self._pause():
            self._enter(State.HALF_OPEN, self._since + self._pause())
        elif self.state is State.HALF_OPEN and self._probe_overdue(now):
            self._open(Cause.PROBE_LOST, Cause.PROBE_LOST.value, now)
        elif self.state is State.RAMP and now - self._since >= settings.ramp:
            self.state = State.CLOSED
            self._opened = 0
            self._since += settings.ramp

    def revive(self, now: float) -> None:
        """The callee is well again: end the pause now."""
        self.tick(now)
        if self.state is State.OPEN:
            self._enter(State.HALF_OPEN, now)

    def holds_back(self, now: float, patience: float) -> bool:
        """Whether some calls are not let through.

        A half-open breaker with no probe under way counts as holding back for `patience` seconds;
        after that there are no more calls to hold back.
        """
        self.tick(now)
        if self.state is State.HALF_OPEN and not self._probes:
            return now - self._since < patience
        return self.state is not State.CLOSED

    def facts(self, now: float) -> dict[str, str | float | None]:
        """For people: the state, how long it has lasted, when the next probe is let go, and why it
        opened the last time. Seconds; None where there is no such time."""
        self.tick(now)
        lasted = now - self._since
        is_open = self.state is State.OPEN
        return {
            "state": self.state.value,
            "for": round(lasted, 3) if self._since else None,
            "next_probe_in": round(max(0.0, self._pause() - lasted), 3) if is_open else None,
            "why": self.why,
            "cause": self.cause and self.cause.value,
        }

    def _pause(self) -> float:
        """Seconds from its opening to the next probe."""
        settings = self._settings
        grown = settings.open_for * 2.0 ** min(self._opened - 1, 16)
        return min(grown, max(settings.open_for, settings.open_most))

    def _probe_overdue(self, now: float) -> bool:
        return bool(self._probes) and now - self._probes[0] >= self._settings.probe_timeout

    def _forget_probe(self, started: float) -> None:
        if self._probes:  # a handful at most; the caller's clock may differ by a little
            self._probes.remove(min(self._probes, key=lambda at: abs(at - started)))

    def _probe_ended(self, outcome: Outcome, now: float, slow: bool) -> None:
        if outcome is Outcome.CANCELLED:
            return
        if outcome is Outcome.FAILURE or slow:
            cause = Cause.PROBE_FAILED if outcome is Outcome.FAILURE else Cause.PROBE_SLOW
            self._open(cause, cause.value, now)
            return
        self._successes += 1
        if self._successes >= self._settings.probes:
            self._enter(State.RAMP, now)

    def _too_many(self, window: _Window) -> Cause | None:
        settings = self._settings
        if window.calls < settings.minimum_calls:
            return None
        if window.failed >= settings.failure_ratio * window.calls and window.failed > 0:
            return Cause.CALLS_FAILED
        return Cause.CALLS_SLOW if window.slow >= settings.slow_ratio * window.calls else None

    def _open(self, cause: Cause, why: str, now: float) -> None:
        self.cause, self.why = cause, why
        self._opened += 1
        self._enter(State.OPEN, now)

    def _enter(self, state: State, now: float) -> None:
        self.state = state
        self._since = now
        self._generation += 1
        self._probes.clear()
        self._successes = self._under_way = 0
        self._window = _Window(self._settings.window)
