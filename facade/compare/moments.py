"""Points in time, as answers write them."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from facade.compare.json.values import Json
from facade.compare.noise.shapes import text_format

_ISO = frozenset({"date", "local time", "local time T", "UTC time", "zoned time"})
_MAIL = frozenset({"HTTP date", "zoned mail date"})


class Moment(NamedTuple):
    """Seconds since 1970 and how they were written; `zoned` is false for local times."""

    seconds: float
    written: str
    zoned: bool


def moment(value: Json) -> Moment | None:
    """The point in time a text stands for; None when it is none."""
    if not isinstance(value, str):
        return None
    written = text_format(value)
    try:
        if written in _ISO:
            found = datetime.fromisoformat(value)
        elif written in _MAIL:
            found = parsedate_to_datetime(value)
        else:
            return None
        zoned = found.tzinfo is not None
        seconds = (found if zoned else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return Moment(seconds, written, zoned)


def seconds_between(one: Moment | None, other: Moment | None) -> float | None:
    """How far two times lie apart. None where one is no time, or where one has no zone and the
    other is written in another way: then the distance is not known."""
    if one is None or other is None:
        return None
    if (one.zoned and other.zoned) or one.written == other.written:
        return abs(one.seconds - other.seconds)
    return None
