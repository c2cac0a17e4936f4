"""What goes wrong when, drawn from a seed, so that a bad run can be had again."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loadtests.chaos.stack import DATABASES

FLIPPED = ("place-order", "cancel-order", "order-list", "order-detail")
PLACES = (("legacy",), ("canary", "10"), ("canary", "50"), ("canary", "90"), ("new",))
FLIP_SECONDS, KILL_SECONDS = (2.0, 5.0), (3.0, 8.0)
STEADY_AT = 0.7  # of the run: from then on orders stay on the new side
ONCE_AT = 0.5  # of the run: the databases die once, for their recovery is the longest pause


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


def plan(seed: int, seconds: float, killable: Sequence[str]) -> list[Flip | Kill]:
    """Everything that will happen, in order. Who can be killed dies in turns, before any does
    so again."""
    dice = random.Random(seed)
    events: list[Flip | Kill] = [Kill(seconds * ONCE_AT, DATABASES)]
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
    return sorted(events, key=lambda event: event.at)


def _turns(dice: random.Random, names: Sequence[str]) -> Iterator[str]:
    while names:
        yield from dice.sample(sorted(names), len(names))


def _times(dice: random.Random, pause: tuple[float, float], seconds: float) -> Iterator[float]:
    at = dice.uniform(*pause)
    while at < seconds:
        yield at
        at += dice.uniform(*pause)
