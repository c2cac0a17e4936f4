"""A clock of the monolith that stands until it is set."""

from datetime import datetime

from legacy_monolith.clock import Clock


class StoppedClock(Clock):
    """Tells the time that was set last."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at
