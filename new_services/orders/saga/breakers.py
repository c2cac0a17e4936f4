"""Who is away by the breakers of the orders service: toward legacy, and toward its partners."""

from collections.abc import Callable, Mapping

from chassis.breaker import toward_legacy
from chassis.breaker.toward_legacy import Guards
from new_services.orders.saga.partners import Partner


def held(guards: Guards, partners: Mapping[str, Partner]) -> Callable[[], list[str]]:
    """The callees whose breakers let no call through now: sagas that wait for them rest."""

    def now() -> list[str]:
        away = toward_legacy.held(guards)
        return away + [name for name, partner in partners.items() if partner.client.held()]

    return now
