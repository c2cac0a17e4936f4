"""The shop's time is local and has no zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from legacy_monolith.clock import Clock, stamp


def test_now_is_local_without_zone_and_fractions() -> None:
    now = Clock("Pacific/Kiritimati").now()
    assert now.tzinfo is None
    assert now.microsecond == 0
    there = datetime.now(UTC).astimezone(ZoneInfo("Pacific/Kiritimati")).replace(tzinfo=None)
    assert abs((there - now).total_seconds()) < 5


def test_stamp() -> None:
    assert stamp(datetime.fromisoformat("2026-06-03T09:05:01")) == "2026-06-03 09:05:01"
