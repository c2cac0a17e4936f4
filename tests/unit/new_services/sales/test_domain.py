"""The period asked for, and what a page shows of it."""

from datetime import date
from decimal import Decimal

import pytest

from new_services.sales.domain import Period, Row, period, ranked, total

NEWEST = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("", "", Period(date(2025, 7, 1), NEWEST)),
        ("2026-01-01", "", Period(date(2026, 1, 1), NEWEST)),
        ("", "2024-12-31", Period(date(2024, 1, 2), date(2024, 12, 31))),
        ("2026-02-30", "tomorrow", Period(date(2025, 7, 1), NEWEST)),
        ("2027-01-01", "2026-01-01", Period(date(2027, 1, 1), date(2026, 1, 1))),
    ],
)
def test_the_year_up_to_the_newest_order_unless_other_days_are_asked_for(
    first: str, last: str, expected: Period
) -> None:
    assert period(first, last, NEWEST) == expected


@pytest.mark.parametrize("last", ["9999-12-31", "0001-01-01"])
def test_days_beyond_the_calendar_are_refused(last: str) -> None:
    with pytest.raises(OverflowError):
        period("", last, NEWEST)


def test_the_best_first_and_among_equals_by_code() -> None:
    rows = [
        Row(code, code, 1, 1, Decimal(revenue), Decimal())
        for code, revenue in (("B", "5.00"), ("A", "5"), ("C", "12.345"))
    ]
    assert [row.code for row in ranked(rows)] == ["C", "A", "B"]
    assert total(rows) == Decimal("22.35")
    assert str(total([])) == "0.00"
