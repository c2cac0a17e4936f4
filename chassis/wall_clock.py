"""The shop's wall clock: the times that the monolith writes, local and without a zone."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo


def wall_clock(timezone: str, *, to_the_second: bool = False) -> Callable[[], datetime]:
    """What the clock shows in this zone at each call."""
    zone, cut = ZoneInfo(timezone), {"microsecond": 0} if to_the_second else {}
    return lambda: datetime.now(zone).replace(tzinfo=None, **cut)
