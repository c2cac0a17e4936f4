"""Events told by the payments service. Money is text with two decimals, in euros."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from contracts.events.envelope import Example

OWNER = "payments"


@dataclass(frozen=True, slots=True)
class PaymentCaptured:
    """Money was taken."""

    OWNER: ClassVar[str] = OWNER
    TYPE: ClassVar[str] = "payment-captured"
    VERSION: ClassVar[int] = 1

    payment_id: str  # the saga that asked for it
    amount: str
    method: str

    EXAMPLES: ClassVar[Mapping[int, Example]] = {
        1: {"payment_id": "0123456789ABCDEF", "amount": "258.00", "method": "card"}
    }

    @property
    def key(self) -> str:
        """The payment."""
        return self.payment_id


@dataclass(frozen=True, slots=True)
class PaymentRefunded:
    """Money that was taken was given back."""

    OWNER: ClassVar[str] = OWNER
    TYPE: ClassVar[str] = "payment-refunded"
    VERSION: ClassVar[int] = 1

    payment_id: str
    amount: str
    method: str

    EXAMPLES: ClassVar[Mapping[int, Example]] = {
        1: {"payment_id": "0123456789ABCDEF", "amount": "258.00", "method": "card"}
    }

    @property
    def key(self) -> str:
        """The payment."""
        return self.payment_id


EVENTS = (PaymentCaptured, PaymentRefunded)
