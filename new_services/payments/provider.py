"""What the payments service expects of a payment provider."""

from decimal import Decimal
from typing import Protocol

from new_services.payments.domain import Operation


class Declined(Exception):
    """The provider says no, and will say so again; the message is its reason."""


class ProviderAway(Exception):
    """It was not reached: no effect."""


class ProviderSilent(Exception):
    """It was asked and did not answer: the effect is unknown."""


class Provider(Protocol):
    """Idempotent by `key`. `reference` names the payment at the provider, in euros."""

    async def ask(self, key: str, operation: Operation, reference: str, amount: Decimal) -> None:
        """Carry the operation out. Raises Declined, ProviderAway, ProviderSilent."""

    async def remembers(self, key: str) -> bool:
        """Whether that request has had its effect. Raises Declined when it was declined."""
