"""How often a test looks while it waits for a state."""

import time

SHORTEST = 0.01
LONGEST = 0.2
_SHARE = 0.1  # of the time waited so far: the wait ends at most so much later


def until_next(since: float) -> float:
    """Seconds until the next look of one who waits since then, as time.monotonic() tells it.

    A look is a request or a connection, and takes processor time from what is waited for.
    """
    return min(LONGEST, max(SHORTEST, (time.monotonic() - since) * _SHARE))
