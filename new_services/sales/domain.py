"""What the report says: periods, rows, and what an event says of an order. No I/O.

An order's story only grows: it is placed, then perhaps cancelled. So what the feed and what an
event say of it are joined, in whichever order and how often they come: it exists if either says so,
and is cancelled if either says so. An event counts only until the feed has come past the moment at
which it occurred; from then on legacy's word is the whole truth, also where it is less.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

DAYS = 365
CENT = Decimal("0.01")
UNLISTED = "not listed any more"
NO_CATEGORY = "?"  # of an article that does not exist any more


@dataclass(frozen=True, slots=True)
class Row:
    """What one category brought in. Nothing sold is `0`, not `0.00`: legacy writes it so."""

    code: str
    name: str
    orders: int
    pieces: int
    revenue: Decimal
    cancelled: Decimal


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class ReportedOrder:
    """What an event says of an order; `at` in unix microseconds."""

    order_no: str
    at: int
    day: date | None  # None: it does not say
    cancelled: bool
    lines: str  # a JSON array of {sku, quantity, price}


def day(text: str) -> date | None:
    """The date in a query string (`YYYY-MM-DD`), or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def period(first: str, last: str, newest: date) -> Period:
    """As asked; otherwise the year up to the newest order. Raises OverflowError."""
    end = day(last) or newest
    end + timedelta(days=1)  # legacy needs the day after the last one to exist
    return Period(day(first) or end - timedelta(days=DAYS - 1), end)


def ranked(rows: Sequence[Row]) -> list[Row]:
    """The best first."""
    return sorted(rows, key=lambda row: (-row.revenue, row.code))


def total(rows: Sequence[Row]) -> Decimal:
    """To the cent."""
    return sum((row.revenue for row in rows), Decimal()).quantize(CENT, ROUND_HALF_UP)
