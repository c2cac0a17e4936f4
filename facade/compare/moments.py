"""Points in time, as answers write them."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from facade.compare.json.values import Json
from facade.compare.noise.shapes import text_format

_ISO = frozenset({"date", "local time", "local time T", "UTC time", "zoned time"})


class Moment(NamedTuple):
    """Seconds since 1970 and how they were written; `zoned` tells local times apart."""

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
        elif written == "HTTP date":
            found = parsedate_to_datetime(value)
        else:
            return None
    except (ValueError, OverflowError):
        return None
    zoned = found.tzinfo is not None
    return Moment((found if zoned else found.replace(tzinfo=UTC)).timestamp(), written, zoned)
