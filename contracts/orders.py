"""Orders in the new side's own words, and what it expects of the system of record that holds them.

Money is text with two decimals, in euros; times are the shop's wall clock, `YYYY-MM-DD HH:MM:SS`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from contracts.record import Customer


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """What a customer orders: pieces by sku, payment, the customer's own number, address."""

    lines: Mapping[str, int]
    pay_method: str = "invoice"
    po_number: str | None = None
    ship: Mapping[str, str] | None = None

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "OrderRequest":
        """Read what `asdict` wrote."""
        return cls(**stored)


@dataclass(frozen=True, slots=True)
class Line:
    """At the price it was ordered for."""

    line_no: int
    sku: str
    name: str
    quantity: int
    price: str


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the system of record has it; `saga_id` where one of our sagas placed it."""

    order_no: str
    status: str  # NEW, PAID, SHIPPED, CANCELLED
    total: str
    po_number: str | None  # what the customer wrote
    pay_method: str
    lines: tuple[Line, ...]
    ship: Mapping[str, str]
    created: str
    updated: str
    saga_id: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Order":
        """Read what `to_dict` wrote."""
        return cls(**{**stored, "lines": tuple(Line(**line) for line in stored["lines"])})

    @property
    def pieces(self) -> dict[str, int]:
        """By sku."""
        pieces: dict[str, int] = {}
        for line in self.lines:
            pieces[line.sku] = pieces.get(line.sku, 0) + line.quantity
        return pieces


# In the answer to an order request whose key stays with a saga that came to nothing.
KEY_IS_SPENT = "to ask again, send a new Idempotency-Key"


class SystemOfRecord(Protocol):
    """Holds the orders. Every call may raise RecordAway; the writing ones all three."""

    def accepts(self, wanted: OrderRequest) -> bool:
        """Whether it has room for what we need to find the order again."""

    async def place(
        self, customer: Customer, wanted: OrderRequest, saga_id: str, until: float
    ) -> Order:
        """Not idempotent: ask with `find` before repeating. Not begun after `until` (seconds of
        this process's monotonic clock)."""

    async def find(
        self, customer: Customer, wanted: OrderRequest, saga_id: str, age: float
    ) -> Sequence[Order]:
        """The orders that bear this saga's mark, the oldest first: none, one or several. None is
        certain only when none can be under way any more: `age` is how many seconds ago the last
        attempt began, or more."""

    async def cancel(self, customer: Customer, order_no: str) -> Order:
        """Refused when it is shipped or cancelled, or not this customer's."""

    async def look(self, customer: Customer, order_no: str) -> Order | None:
        """As it is now; None when it is not this customer's."""
