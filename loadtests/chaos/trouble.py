"""What goes wrong when, drawn from a seed, so that a bad run can be had again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

FLIPPED = ("place-order", "cancel-order", "order-list", "order-detail")
PLACES = (("legacy",), ("canary", "10"), ("canary", "50"), ("canary", "90"), ("new",))
KILLED = (
    *("orders", "inventory", "payments", "notifications", "feed"),
    *("legacy worker", "nats", "facade worker"),
)
DATABASES = "postgres"
FLIP_SECONDS, KILL_SECONDS = (2.0, 5.0), (3.0, 8.0)
ONCE_AT = 0.5  # of the run: the databases


@dataclass(frozen=True, order=True)
class Flip:
    """A route to another stage."""

    at: float  # seconds after the beginning
    route: str
    place: tuple[str, ...]


@dataclass(frozen=True, order=True)
class Kill:
    """SIGKILL."""

    at: float
    name: str


def plan(seed: int, seconds: float) -> list[Flip | Kill]:
    """Everything that will happen, in order."""
    dice = random.Random(seed)
    events: list[Flip | Kill] = [Kill(seconds * ONCE_AT, DATABASES)]
    for at in _times(dice, FLIP_SECONDS, seconds):
        # A client that orders on one side and looks on the other is part of the trouble.
        events.append(Flip(at, dice.choice(FLIPPED), dice.choice(PLACES)))
    for at in _times(dice, KILL_SECONDS, seconds):
        events.append(Kill(at, dice.choice(KILLED)))
    return sorted(events, key=lambda event: event.at)


def _times(dice: random.Random, pause: tuple[float, float], seconds: float) -> Iterator[float]:
    at = dice.uniform(*pause)
    while at < seconds:
        yield at
        at += dice.uniform(*pause)
