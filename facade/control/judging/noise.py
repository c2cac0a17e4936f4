"""Asks legacy twice now and then, and keeps what was learned of each route.

The sample adapts: often while a route is new to us, seldom once it is known.
"""

from collections.abc import Callable, Sequence

from pydantic import TypeAdapter

from facade.compare.noise.noise import MEMORY, PLACES, Noise, Observation, Place, RouteNoise
from facade.control.judging.budget import Budget

NOISE: TypeAdapter[RouteNoise] = TypeAdapter(RouteNoise)

# up to so many questions of a route: seconds between two of them
_PACES = ((30, 0.5), (100, 5.0))
_SLOWEST = 30.0


class NoiseLearner:
    """What is known of all routes. `on_change` is called when a mask gained or lost a place."""

    def __init__(self, budget: Budget, on_change: Callable[[], None]) -> None:
        self._budget = budget
        self._on_change = on_change
        self._asked_at: dict[str, float] = {}  # monotonic
        self._masks: dict[str, frozenset[Place]] = {}
        self.routes: dict[str, RouteNoise] = {}
        self.dirty: set[str] = set()

    def wants(self, route: str, now: float) -> bool:
        """Whether to put this route's next question twice; `now` is a monotonic time."""
        asked = self.routes[route].asked if route in self.routes else 0
        pace = next((seconds for most, seconds in _PACES if asked < most), _SLOWEST)
        last = self._asked_at.get(route)
        if (last is not None and now - last < pace) or not self._budget.take(now):
            return False
        self._asked_at[route] = now
        return True

    def learn(self, route: str, seen: Sequence[Observation], now: float) -> None:
        """Take in one question that was put twice; `now` is in unix seconds."""
        known = self.routes.setdefault(route, RouteNoise())
        known.learn(seen, now)
        self._changed(route, now)

    def take(self, route: str, noise: RouteNoise, now: float) -> bool:
        """Take over what somebody else learned, if he asked more often; False when not."""
        own = self.routes.get(route)
        if own is not None and own.asked >= noise.asked:
            return False
        self.routes[route] = RouteNoise(min(noise.asked, MEMORY), noise.places[:PLACES])
        self._changed(route, now)
        return True

    def _changed(self, route: str, now: float) -> None:
        known = self.routes[route]
        self.dirty.add(route)
        places = frozenset(known.mask(now))
        if places != self._masks.get(route, frozenset()):
            self._masks[route] = places
            self._on_change()

    def mask(self, route: str, now: float) -> Noise:
        """What is noisy in this route at unix second `now`."""
        known = self.routes.get(route)
        return known.mask(now) if known else {}

    def restore(self, route: str, content: bytes) -> None:
        """Take up what was written before."""
        self.routes[route] = NOISE.validate_json(content)
