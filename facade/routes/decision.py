"""A decision: which side answers a request, and why. `deciding` makes it."""

from typing import Literal, NamedTuple

Side = Literal["legacy", "new"]

# The reasons a decision can have: short tokens, also sent in `Fig-Decision`.
STAGE = "stage"  # the stage alone decides
PERCENT = "percent"  # the key's bucket was compared with the percentage
NO_KEY = "no-key"  # as PERCENT, but the request carries none of the route's keys
UNAVAILABLE = "unavailable"  # the new side was meant, but cannot be asked now
UNMATCHED = "unmatched"  # no route of the file

NO_BUCKET = -1


class Decision(NamedTuple):
    """Where one request goes and why. `bucket` is -1 where none was needed."""

    side: Side
    upstream: str
    bucket: int
    reason: str
    sticky: bool  # the same client is decided alike, as long as the table stands
