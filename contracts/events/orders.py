"""Events that the orders service publishes. Money is text with two decimals, in euros."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from contracts.events.envelope import Event, Example

OWNER = "orders"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order, at the price it was ordered for."""

    sku: str
    name: str
    quantity: int
    price: str


_PLACED_1 = {
    "order_no": "SO-2026-005001",
    "saga_id": "0123456789ABCDEF",
    "email": "anna.huber@example.com",
    "name": "Anna Huber",
    "total": "258.00",
    "pay_method": "card",
    "created": "2026-06-30 18:00:00",
    "lines": [
        {
            "sku": "TENT-1-0",
            "name": "Kuppelzelt „Fjäll“ (green, 2P)",
            "quantity": 2,
            "price": "129.00",
        }
    ],
    "po_number": "PO 17",
}


@dataclass(frozen=True, slots=True)
class OrderPlaced(Event):
    """An order stands in the system of record, and its payment is captured."""

    OWNER: ClassVar[str] = OWNER
    TYPE: ClassVar[str] = "order-placed"
    VERSION: ClassVar[int] = 2
    KEY: ClassVar[str] = "order_no"

    order_no: str
    saga_id: str
    email: str
    name: str
    total: str
    pay_method: str
    created: str  # the shop's wall clock, `YYYY-MM-DD HH:MM:SS`
    lines: list[Line] = field(default_factory=list)
    po_number: str = ""  # what the customer wrote
    ship: dict[str, str] = field(default_factory=dict)  # name, street, zip, city; since version 2

    EXAMPLES: ClassVar[Mapping[int, Example]] = {
        1: _PLACED_1,
        2: {
            **_PLACED_1,
            "ship": {
                "name": "Anna Huber",
                "street": "Dorfstraße 3",
                "zip": "5020",
                "city": "Salzburg",
            },
        },
    }


@dataclass(frozen=True, slots=True)
class OrderCancelled(Event):
    """An order was cancelled in the system of record, and what was captured for it given back."""

    OWNER: ClassVar[str] = OWNER
    TYPE: ClassVar[str] = "order-cancelled"
    KEY: ClassVar[str] = "order_no"

    order_no: str
    email: str
    name: str
    total: str
    refunded: str
    lines: list[Line] = field(default_factory=list)

    EXAMPLES: ClassVar[Mapping[int, Example]] = {
        1: {
            "order_no": "SO-2026-005001",
            "email": "anna.huber@example.com",
            "name": "Anna Huber",
            "total": "258.00",
            "refunded": "258.00",
            "lines": [{"sku": "TENT-1-0", "name": "Kuppelzelt", "quantity": 2, "price": "129.00"}],
        }
    }


@dataclass(frozen=True, slots=True)
class OrderRefused(Event):
    """An order that had been accepted as pending came to nothing; everything was undone."""

    OWNER: ClassVar[str] = OWNER
    TYPE: ClassVar[str] = "order-refused"
    KEY: ClassVar[str] = "saga_id"

    saga_id: str
    email: str
    name: str
    reason: str

    EXAMPLES: ClassVar[Mapping[int, Example]] = {
        1: {
            "saga_id": "0123456789ABCDEF",
            "email": "anna.huber@example.com",
            "name": "Anna Huber",
            "reason": "out of stock",
        }
    }


@dataclass(frozen=True, slots=True)
class CancellationRefused(Event):
    """A cancellation that had been accepted came to nothing; the order stands as it is."""

    OWNER: ClassVar[str] = OWNER
    TYPE: ClassVar[str] = "cancellation-refused"
    KEY: ClassVar[str] = "order_no"

    order_no: str
    email: str
    name: str
    reason: str

    EXAMPLES: ClassVar[Mapping[int, Example]] = {
        1: {
            "order_no": "SO-2026-005001",
            "email": "anna.huber@example.com",
            "name": "Anna Huber",
            "reason": "it is shipped",
        }
    }
