"""The report's days."""

from datetime import date, datetime

from legacy_monolith.shop.sales import Period


def test_period_takes_in_its_last_day() -> None:
    span = Period(date(2026, 6, 1), date(2026, 6, 30))
    assert span.start == datetime.fromisoformat("2026-06-01")
    assert span.end == datetime.fromisoformat("2026-07-01")
