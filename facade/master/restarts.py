"""A process that is to be running, and when it is started again; `children` starts it."""

import logging

from chassis.process.backoff import Backoff

log = logging.getLogger("facade")

STABLE_SECONDS = 5.0  # one that lived so long is restarted at once


class Child:
    """A process that is to be running: started again when it ends, not too often."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.pid = 0
        self.started = 0.0
        self.start_at = 0.0
        self.backoff = Backoff(first=0.1, most=3.0)

    def ended(self, code: int, now: float) -> None:
        """Plan its next start."""
        self.pid = 0
        if now - self.started > STABLE_SECONDS:
            self.backoff.reset()
        delay = self.backoff.next()
        self.start_at = now + delay
        log.warning("%s ended with %d; starting it again in %.1f s", self.name, code, delay)
