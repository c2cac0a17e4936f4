"""Events that the payments service publishes. Money is text with two decimals, in euros."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from contracts.events.envelope import Event, Example


@dataclass(frozen=True, slots=True)
class _PaymentEvent(Event):
    OWNER: ClassVar[str] = "payments"
    KEY: ClassVar[str] = "payment_id"
    EXAMPLES: ClassVar[Mapping[int, Example]] = {
        1: {"payment_id": "0123456789ABCDEF", "amount": "258.00", "method": "card"}
    }

    payment_id: str  # the saga that asked for it
    amount: str
    method: str


@dataclass(frozen=True, slots=True)
class PaymentCaptured(_PaymentEvent):
    """Money was taken."""

    TYPE: ClassVar[str] = "payment-captured"


@dataclass(frozen=True, slots=True)
class PaymentRefunded(_PaymentEvent):
    """Money that was taken was given back."""

    TYPE: ClassVar[str] = "payment-refunded"
