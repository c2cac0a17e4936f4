"""What the staff change, in the new side's own words, and what is expected of the system of record.

Money is text with two decimals, in euros; a discount is whole percent as text, empty for none.
"""

from dataclasses import dataclass
from typing import Protocol

from contracts.record import Customer


@dataclass(frozen=True, slots=True)
class Article:
    """What a product is to be from now on; a name of None stays as it is."""

    sku: str
    name: str | None
    price: str
    discount: str
    active: bool
    discontinued: bool


@dataclass(frozen=True, slots=True)
class Count:
    """So many pieces of a product's variant were found on the shelf."""

    sku: str
    variant: str
    pieces: int


class Articles(Protocol):
    """Holds goods. Every call may raise RecordAway, RecordSilent, RecordRefused. Not begun after
    `until` (seconds of this process's monotonic clock)."""

    async def save(self, person: Customer, wanted: Article, until: float) -> None:
        """Make the product so. Absolute: once more, it changes nothing."""


class BackOffice(Articles, Protocol):
    """Holds goods and stock."""

    async def count(self, person: Customer, counted: Count, until: float) -> None:
        """Set the stock. Not to be repeated: after a sale, the same count adds a piece."""
