"""The breakers of the orders service: toward legacy by the kind of call, toward the partners by
their instances; how they stand, and who is away by them."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from prometheus_client import Metric
from prometheus_client.registry import Collector

from chassis.breaker.guard import Guard
from chassis.breaker.metrics import families
from new_services.orders.partners import Partner
from new_services.orders.saga import LEGACY

Guards: TypeAlias = Mapping[str, Guard]  # toward legacy, by the kind of call

# A saga that waits for legacy asks again sooner than this: by then no saga finds it away.
AWAY_SECONDS = 10.0


class BreakerCollector(Collector):
    """The breakers toward legacy, as of each scrape."""

    def __init__(self, guards: Guards) -> None:
        self._guards = guards

    def collect(self) -> Iterator[Metric]:
        """By the kind of call."""
        facts = breaker_facts(self._guards)
        yield from families("legacy_breaker", ("kind",), [((kind,), facts[kind]) for kind in facts])


def is_away(guards: Guards) -> bool:
    """Whether a breaker toward legacy holds calls back, or has until a moment ago."""
    return any(_holds_back(guard) for guard in guards.values())


def _holds_back(guard: Guard) -> bool:
    return guard.holds_back(AWAY_SECONDS)


def breaker_facts(guards: Guards) -> dict[str, dict[str, str | float | None]]:
    """Toward legacy, by the kind of call."""
    return {kind: dict(guard.facts()) for kind, guard in guards.items()}


def held(guards: Guards, partners: Mapping[str, Partner]) -> Callable[[], list[str]]:
    """The callees whose breakers let no call through now: sagas that wait for them rest."""

    def now() -> list[str]:
        away = [LEGACY] if "write" in guards and guards["write"].is_open else []
        return away + [name for name, partner in partners.items() if partner.client.held()]

    return now
