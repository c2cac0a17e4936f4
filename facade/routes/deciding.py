"""Decide which side answers a request: pure, and without work where the stage settles it."""

from facade.routes.bucket import BUCKETS, bucket_of, random_bucket
from facade.routes.decision import NO_KEY, PERCENT, UNAVAILABLE, Decision
from facade.routes.keys import Key
from facade.routes.table import Route


def decide(route: Route, key: Key | None, *, new_available: bool, draw: float) -> Decision:
    """The side that answers.

    `key` matters only when `route.needs_key`; `new_available` is the word of breaker and pool on
    the new side; `draw` in [0, 1) is the chance for a request without a key. Only a route that
    may fall back is diverted from a new side that is away: a write may have been tried before.
    """
    decision = route.settled or _by_percent(route, key, draw)
    if new_available or not route.fallback or decision.side == "legacy":
        return decision
    return Decision("legacy", route.legacy, decision.bucket, UNAVAILABLE, False)


def _by_percent(route: Route, key: Key | None, draw: float) -> Decision:
    if key is None:
        bucket, reason, sticky = random_bucket(draw), NO_KEY, False
    else:
        bucket, reason, sticky = bucket_of(route.seed, key.value), PERCENT, True
    if bucket < route.threshold and route.new is not None:
        return Decision("new", route.new, bucket, reason, sticky)
    return Decision("legacy", route.legacy, bucket, reason, sticky)


def sampled(route: Route, draw: float) -> bool:
    """Whether this request is also asked on the other side; `draw` lies in [0, 1)."""
    return draw * BUCKETS < route.sample
