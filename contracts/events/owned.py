"""What an owner publishes of its domain once the domain's window is closed: the present state of
what changed, for the services that keep a copy and had it from legacy's log until then.

    the window closes ─▶ all that may change, once ─▶ from then on each change

A copy keeps the newest state of a key by (`lsn`, `seq`): `lsn` lies behind all that legacy's log
has of the domain, `seq` rises with each state. Once a copy knows that the window is closed, it
takes nothing of the domain from legacy's log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from contracts.events.envelope import Event, Example


@dataclass(frozen=True, slots=True)
class CustomerChanged(Event):
    """A customer as the accounts have it, without anything to log in with."""

    OWNER: ClassVar[str] = "accounts"
    TYPE: ClassVar[str] = "customer-changed"
    KEY: ClassVar[str] = "number"

    number: int
    email: str
    name: str
    street: str
    zip: str
    city: str
    lsn: int
    seq: int

    EXAMPLES: ClassVar[Mapping[int, Example]] = {
        1: {
            "number": 1201,
            "email": "anna.huber@example.com",
            "name": "Anna Huber",
            "street": "Dorfstraße 3",
            "zip": "5020",
            "city": "Salzburg",
            "lsn": 48_123_456,
            "seq": 17,
        }
    }


@dataclass(frozen=True, slots=True)
class ProductChanged(Event):
    """A product as the catalog has it: what others need to sell it. Money is text, in euros;
    `updated` is the shop's wall clock."""

    OWNER: ClassVar[str] = "catalog"
    TYPE: ClassVar[str] = "product-changed"
    KEY: ClassVar[str] = "sku"

    number: int
    sku: str
    name: str
    category_code: str
    list_price: str
    discount_percent: str
    active: bool
    discontinued: bool
    updated: str
    lsn: int
    seq: int

    EXAMPLES: ClassVar[Mapping[int, Example]] = {
        1: {
            "number": 12,
            "sku": "TENT-1",
            "name": "Kuppelzelt „Fjäll“",
            "category_code": "tents",
            "list_price": "129.00",
            "discount_percent": "15",
            "active": True,
            "discontinued": False,
            "updated": "2026-06-30 18:00:00",
            "lsn": 48_123_456,
            "seq": 18,
        }
    }


@dataclass(frozen=True, slots=True)
class StockChanged(Event):
    """What is left of a variant on the shelf, as the inventory has it."""

    OWNER: ClassVar[str] = "inventory"
    TYPE: ClassVar[str] = "stock-changed"
    KEY: ClassVar[str] = "sku"

    sku: str
    pieces: int
    lsn: int
    seq: int

    EXAMPLES: ClassVar[Mapping[int, Example]] = {
        1: {"sku": "TENT-1-0", "pieces": 7, "lsn": 48_123_456, "seq": 19}
    }


@dataclass(frozen=True, slots=True)
class SoldLine:
    """One line of an order, at the price it was ordered for."""

    line_no: int
    sku: str
    name: str
    quantity: int
    price: str


@dataclass(frozen=True, slots=True)
class OrderChanged(Event):
    """An order as the orders service has it. `created` is the shop's wall clock."""

    OWNER: ClassVar[str] = "orders"
    TYPE: ClassVar[str] = "order-changed"
    KEY: ClassVar[str] = "order_no"

    number: int
    order_no: str
    customer: int  # the number of the customer
    status: str
    created: str
    lsn: int
    seq: int
    lines: list[SoldLine] = field(default_factory=list)

    EXAMPLES: ClassVar[Mapping[int, Example]] = {
        1: {
            "number": 5001,
            "order_no": "SO-2026-005001",
            "customer": 1201,
            "status": "PAID",
            "created": "2026-06-30 18:00:00",
            "lsn": 48_123_456,
            "seq": 20,
            "lines": [
                {
                    "line_no": 1,
                    "sku": "TENT-1-0",
                    "name": "Kuppelzelt „Fjäll“ (green, 2P)",
                    "quantity": 2,
                    "price": "129.00",
                }
            ],
        }
    }


@dataclass(frozen=True, slots=True)
class WindowClosed(Event):
    """Legacy is not kept current for the domain any more, since this epoch and this position."""

    TYPE: ClassVar[str] = "window-closed"
    KEY: ClassVar[str] = "DOMAIN"
    DOMAIN: ClassVar[str]
    EXAMPLES: ClassVar[Mapping[int, Example]] = {1: {"epoch": 2, "lsn": 48_123_456}}

    epoch: int
    lsn: int


@dataclass(frozen=True, slots=True)
class AccountsClosed(WindowClosed):
    OWNER: ClassVar[str] = "accounts"
    DOMAIN: ClassVar[str] = "accounts"


@dataclass(frozen=True, slots=True)
class GoodsClosed(WindowClosed):
    OWNER: ClassVar[str] = "catalog"
    DOMAIN: ClassVar[str] = "goods"


@dataclass(frozen=True, slots=True)
class OrdersClosed(WindowClosed):
    OWNER: ClassVar[str] = "orders"
    DOMAIN: ClassVar[str] = "orders"
