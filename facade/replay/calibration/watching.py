"""Learns noise first; then resets the evidence and counts pairs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from facade.replay.calibration.result import Result

LEARNED = 30.0  # questions put to legacy twice of each route that has traffic, before it counts
POLL_SECONDS = 0.5

Say = Callable[[str], None]


class CutShort(Exception):
    """It ended before there were enough pairs; the message says why."""


@dataclass(frozen=True, slots=True)
class Goal:
    """How many pairs, within how many seconds of learning and of counting."""

    pairs: int
    learn_within: float
    count_within: float


@dataclass(frozen=True, slots=True)
class World:
    """What watching needs of the world. `look` may raise CutShort."""

    look: Callable[[], dict[str, Any]]
    reset: Callable[[], None]
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    say: Say


def calibrate(goal: Goal, world: World) -> Result:
    """Learn, then count. Raises CutShort when either takes too long."""
    began = world.clock()
    world.say("learning what legacy answers differently by itself")
    _learn(goal, world)
    learned = world.clock() - began
    world.reset()
    world.say(f"counting {goal.pairs:,} pairs")
    found = _count(goal, world)
    return Result(found, goal.pairs, learned, world.clock() - began)


def _learn(goal: Goal, world: World) -> None:
    """Until every route that has traffic was asked about often enough."""
    until = world.clock() + goal.learn_within
    while True:
        busy = [one for one in world.look()["routes"] if one["compared"]]
        if busy and all(one["noise_asked"] >= LEARNED for one in busy):
            return
        if world.clock() > until:
            if not busy:
                raise CutShort("no request of a compared route came through the reference facade")
            return  # a route with little traffic is learned by what there is of it
        world.sleep(POLL_SECONDS)


def _count(goal: Goal, world: World) -> dict[str, Any]:
    until = world.clock() + goal.count_within
    said = 0
    while True:
        found = world.look()
        compared = sum(one["compared"] for one in found["routes"])
        if compared >= goal.pairs and not found["waiting"]:
            return found
        if world.clock() > until:
            return found
        if compared * 10 // goal.pairs > said:
            said = compared * 10 // goal.pairs
            world.say(f"{compared:,} pairs")
        world.sleep(POLL_SECONDS)
