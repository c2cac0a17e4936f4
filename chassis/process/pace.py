"""How long to pause between two looks for work that is not announced."""

import time
from collections.abc import Callable

AWAKE_SECONDS = 10.0  # after the last work


class Pace:
    """A short pause while there was work lately, a long one at rest. Seconds."""

    def __init__(
        self, awake: float, at_rest: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._awake, self._at_rest = awake, max(awake, at_rest)
        self._clock = clock
        self._rests_at = clock() + AWAKE_SECONDS

    def worked(self) -> None:
        """There was work just now."""
        self._rests_at = self._clock() + AWAKE_SECONDS

    @property
    def pause(self) -> float:
        """Until the next look."""
        return self._awake if self._clock() < self._rests_at else self._at_rest
