"""The breakers of a service toward the monolith, by the kind of call: their states, and whether
the monolith counts as away."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from prometheus_client import Metric
from prometheus_client.registry import Collector

from chassis.breaker.guard import Guard
from chassis.breaker.metrics import families

LEGACY = "legacy"  # the callee that sagas wait for together
Guards: TypeAlias = Mapping[str, Guard]  # by the kind of call

# A saga that waits for legacy asks again sooner than this: by then no saga finds it away.
AWAY_SECONDS = 10.0


class BreakerCollector(Collector):
    """As of each scrape."""

    def __init__(self, guards: Guards) -> None:
        self._guards = guards

    def collect(self) -> Iterator[Metric]:
        """By the kind of call."""
        facts = breaker_facts(self._guards)
        yield from families("legacy_breaker", ("kind",), [((kind,), facts[kind]) for kind in facts])


def breaker_facts(guards: Guards) -> dict[str, dict[str, str | float | None]]:
    """For people, by the kind of call."""
    return {kind: dict(guard.facts()) for kind, guard in guards.items()}


def is_away(guards: Guards) -> bool:
    """Whether one holds calls back, or has until a moment ago."""
    return any(guard.holds_back(AWAY_SECONDS) for guard in guards.values())


def held(guards: Guards) -> list[str]:
    """LEGACY, where no write is let through now: sagas that wait for it rest."""
    return [LEGACY] if "write" in guards and guards["write"].is_open else []
