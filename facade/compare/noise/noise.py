"""What differs by itself: learned by asking legacy twice, then compared by shape.

A noisy place is never dropped from comparison. Its value must still have a shape that legacy gives
there, and lie no further from the control's than legacy lies from itself: a timestamp may be a
little later, but not an hour off and not null.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, NamedTuple

from facade.compare.differences import Kind
from facade.compare.distance import distance
from facade.compare.evidence.bounds import lower_bound
from facade.compare.noise.shapes import shape

LEAST_ASKED = 10  # questions before anything is called noise
LEAST_DIFFERED = 3
LEAST_SHARE = 0.10  # surely at least this share of questions differs; rarer changes are races
MEMORY = 400  # questions after which what was learned counts half
EXPIRES_SECONDS = 3600.0  # a place that no longer differs is noisy no more
SHAPES = 8
PLACES = 200
SLACK = 4.0  # times as far from the control as legacy was from itself

# kind (VALUE stands for TYPE too) and path
Place = tuple[str, str]


class Observation(NamedTuple):
    """One place at which legacy's two answers differ."""

    kind: str
    path: str
    shapes: tuple[str, str]
    distance: float | None


@dataclass(frozen=True, slots=True)
class NoiseSpec:
    """What a noisy place may hold."""

    shapes: frozenset[str]
    spread: float | None  # the furthest legacy was from itself; None where there is no distance

    def allows(self, control: Any, candidate: Any) -> bool:
        """Whether the candidate's value looks like legacy's there."""
        if shape(candidate) not in self.shapes | {shape(control)}:
            return False
        apart = distance(control, candidate)
        return apart is None or self.spread is None or apart <= self.spread * SLACK


Noise = Mapping[Place, NoiseSpec]


@dataclass(slots=True)
class NoisyPlace:
    """How often and how one place differed."""

    kind: str
    path: str
    differed: float = 0.0
    shapes: list[str] = field(default_factory=list)
    spread: float | None = None
    last: float = 0.0  # unix seconds

    def add(self, seen: Observation, now: float) -> None:
        """It differed once more."""
        self.differed += 1.0
        self.last = now
        for name in seen.shapes:
            if name not in self.shapes and len(self.shapes) < SHAPES:
                self.shapes.append(name)
        if seen.distance is not None and isfinite(seen.distance):
            self.spread = max(self.spread or 0.0, seen.distance)


@dataclass(slots=True)
class RouteNoise:
    """What is known of one route."""

    asked: float = 0.0
    places: list[NoisyPlace] = field(default_factory=list)

    def learn(self, seen: Iterable[Observation], now: float) -> None:
        """Take in one question that was put twice; `now` is in unix seconds."""
        self.asked += 1.0
        known = {(place.kind, place.path): place for place in self.places}
        for key, observation in {(one.kind, one.path): one for one in seen}.items():
            place = known.get(key)
            if place is None:
                if len(self.places) >= PLACES:
                    continue
                place = NoisyPlace(*key)
                self.places.append(place)
            place.add(observation, now)
        if self.asked >= MEMORY:
            self._forget_half()

    def confidence(self, place: NoisyPlace) -> float:
        """The share of questions at which it surely differs (lower bound at 95 %)."""
        return lower_bound(round(place.differed), round(self.asked))

    def noisy(self, now: float) -> list[NoisyPlace]:
        """The places compared by shape at unix second `now`."""
        if self.asked < LEAST_ASKED:
            return []
        return [
            place
            for place in self.places
            if place.differed >= LEAST_DIFFERED
            and now - place.last <= EXPIRES_SECONDS
            and self.confidence(place) >= LEAST_SHARE
        ]

    def mask(self, now: float) -> dict[Place, NoiseSpec]:
        """The same, for `compile_rules`."""
        return {
            (place.kind, place.path): NoiseSpec(frozenset(place.shapes), place.spread)
            for place in self.noisy(now)
        }

    def _forget_half(self) -> None:
        self.asked /= 2.0
        for place in self.places:
            place.differed /= 2.0
        self.places = [place for place in self.places if place.differed >= 0.5]


def place_of(kind: Kind, path: str) -> Place:
    """Under what a difference is known as noise."""
    return (Kind.VALUE.value if kind is Kind.TYPE else kind.value), path
