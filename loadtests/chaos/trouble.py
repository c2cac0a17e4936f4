"""What goes wrong when, drawn from a seed, so that a bad run can be had again."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import TypeAlias

from loadtests.chaos.stack import DATABASES

FLIPPED = ("place-order", "cancel-order", "order-list", "order-detail")
PLACES = (("legacy",), ("canary", "10"), ("canary", "50"), ("canary", "90"), ("new",))
FLIP_SECONDS, KILL_SECONDS, FREEZE_SECONDS = (2.0, 5.0), (3.0, 8.0), (6.0, 18.0)
CUTOVER_SECONDS = (8.0, 20.0)
MOVED = ("orders", "goods", "orders", "accounts")  # domains that change hands, in turn
STEADY_AT = 0.7  # of the run: from then on orders stay on the new side
ONCE_AT = 0.5  # of the run: the databases die once, for their recovery is the longest pause
FROZEN = (5.0, 40.0)  # seconds that a process stands still
LOCKED = 20.0
BAD_TIMES = (10.0, 20.0)  # how long provider and legacy answer badly at a time
EVERY = 90.0  # seconds between two of these, and between two locks
LOCK_AT, PROVIDER_AT, LEGACY_AT = 0.15, 0.1, 0.25  # of the run or of EVERY: the first of each
SESSION_AT = 0.4  # of the run; legacy stands still around it, so that orders are under way then
SESSION_FROZEN = (6.0, 12.0)  # seconds: so long before it ends, and for so long

# Of the provider, in turns: what is refused and lost, and what takes longer than anybody waits.
BEHAVIOURS: tuple[Mapping[str, float], ...] = (
    {"declined": 0.2, "away": 0.15, "lost": 0.15, "silent": 0.15},
    {"delay": 3.0},
)
# Of legacy, as the orders service meets it; see `faults.between`.
ANSWERS: Mapping[str, float] = {
    "refused": 0.15,
    "later": 0.1,
    "spoilt": 0.1,
    "lost": 0.1,
    "late": 0.05,
}


@dataclass(frozen=True, order=True)
class Flip:
    """A route to another stage."""

    at: float  # seconds after the beginning
    route: str
    place: tuple[str, ...]
    lasts: bool = False  # to the end of the run


@dataclass(frozen=True, order=True)
class Kill:
    """A process is ended."""

    at: float
    name: str


@dataclass(frozen=True, order=True)
class Freeze:
    """A process stands still; `whole`: with everything that it started."""

    at: float
    name: str
    seconds: float
    whole: bool = False


@dataclass(frozen=True, order=True)
class Cutover:
    """A domain goes to its other owner."""

    at: float
    domain: str


@dataclass(frozen=True, order=True)
class Lock:
    """Somebody holds the stock table of legacy."""

    at: float
    seconds: float


@dataclass(frozen=True, order=True)
class BadProvider:
    """The payment provider behaves so."""

    at: float
    seconds: float
    behaviour: Mapping[str, float] = field(compare=False)


@dataclass(frozen=True, order=True)
class BadAnswers:
    """Legacy answers the orders service so, in these shares of requests."""

    at: float
    seconds: float
    shares: Mapping[str, float] = field(compare=False)


Lasting: TypeAlias = Freeze | Lock | BadProvider | BadAnswers
Event: TypeAlias = Flip | Kill | Cutover | Lasting


def plan(seed: int, seconds: float, killable: Sequence[str]) -> list[Event]:
    """Everything that will happen, in order. Each process is killed once before any is killed
    again; the same holds for freezes."""
    dice = random.Random(seed)
    events: list[Event] = [Kill(seconds * ONCE_AT, DATABASES)]
    events.append(Flip(0.0, FLIPPED[0], ("canary", "50")))  # or a run may try next to nothing
    for at in _times(dice, FLIP_SECONDS, seconds):
        # A client that orders on one side and looks on the other is part of the trouble.
        flip = Flip(at, dice.choice(FLIPPED), dice.choice(PLACES))
        if at < seconds * STEADY_AT or flip.route != FLIPPED[0]:
            events.append(flip)
    # Only the new side knows keys: there an order may be asked for again, see customers.
    events.append(Flip(seconds * STEADY_AT, FLIPPED[0], ("new",), lasts=True))
    victims = _turns(dice, [name for name in killable if name.split()[0] != DATABASES])
    for at in _times(dice, KILL_SECONDS, seconds):
        events.append(Kill(at, next(victims)))
    for at, domain in zip(_times(dice, CUTOVER_SECONDS, seconds), cycle(MOVED), strict=False):
        events.append(Cutover(at, domain))
    events += _freezes(dice, seconds, killable)
    events += _bad_times(dice, seconds)
    return sorted(events, key=lambda event: event.at)


def session_ends(seconds: float) -> float:
    """When the session of one customer ends, in seconds after the beginning."""
    return seconds * SESSION_AT


def _freezes(dice: random.Random, seconds: float, names: Sequence[str]) -> Iterator[Freeze]:
    victims = _turns(dice, names)
    for at in _times(dice, FREEZE_SECONDS, seconds):
        yield Freeze(at, next(victims), min(dice.uniform(*FROZEN), max(FROZEN[0], seconds - at)))
    before, lasts = SESSION_FROZEN
    yield Freeze(max(0.0, session_ends(seconds) - before), "legacy", lasts, whole=True)


def _bad_times(dice: random.Random, seconds: float) -> Iterator[Event]:
    span = min(seconds, EVERY)
    for number, at in enumerate(_again(PROVIDER_AT * span, seconds)):
        lasts = dice.uniform(*BAD_TIMES)
        yield BadProvider(at, lasts, BEHAVIOURS[number % len(BEHAVIOURS)])
    for at in _again(LEGACY_AT * span, seconds):
        yield BadAnswers(at, dice.uniform(*BAD_TIMES), ANSWERS)
    for at in _again(LOCK_AT * span, seconds):
        yield Lock(at, LOCKED)


def _again(first: float, seconds: float) -> Iterator[float]:
    at = first
    while at < seconds:
        yield at
        at += EVERY / 2


def _turns(dice: random.Random, names: Sequence[str]) -> Iterator[str]:
    while names:
        yield from dice.sample(sorted(names), len(names))


def _times(dice: random.Random, pause: tuple[float, float], seconds: float) -> Iterator[float]:
    at = dice.uniform(*pause)
    while at < seconds:
        yield at
        at += dice.uniform(*pause)
