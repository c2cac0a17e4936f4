"""The shop's wall clock shows the time of its zone, and names none."""

from datetime import UTC, datetime, timedelta

from chassis.wall_clock import wall_clock


def test_it_shows_the_time_of_the_zone() -> None:
    shown = wall_clock("Etc/GMT-3")()
    assert shown.tzinfo is None
    now = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=3)
    assert abs(shown - now) < timedelta(minutes=1)


def test_it_can_show_whole_seconds() -> None:
    assert wall_clock("Europe/Berlin", to_the_second=True)().microsecond == 0
