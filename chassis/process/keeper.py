"""When a process that ended is started again. Pure: the supervisor does the starting."""

from chassis.process.backoff import Backoff


class Restarts:
    """The pauses before new starts, all in seconds."""

    def __init__(self, *, first: float, most: float, stable: float) -> None:
        """A process that ran for `stable` is started again after `first` at most; one that keeps
        ending waits twice as long each time, `most` in the end."""
        self._stable = stable
        self._backoff = Backoff(first=first, most=most)

    def pause(self, lived: float) -> float:
        """It ended after so long."""
        if lived >= self._stable:
            self._backoff.reset()
        return self._backoff.next()


class Kept:
    """One process for a keeper that looks at it several times a second. `pid` 0: it is down."""

    def __init__(self, name: str, restarts: Restarts) -> None:
        self.name = name
        self.pid = 0
        self._restarts = restarts
        self._started = 0.0
        self._start_at = 0.0

    def due(self, now: float) -> bool:
        """Whether it is to be started now."""
        return not self.pid and now >= self._start_at

    def began(self, pid: int, now: float) -> None:
        """It was started."""
        self.pid, self._started = pid, now

    def ended(self, code: int, now: float) -> str:
        """Plan the next start; returns what there is to say about it."""
        self.pid = 0
        pause = self._restarts.pause(now - self._started)
        self._start_at = now + pause
        return f"{self.name} ended with {code}; starting it again in {pause:.1f} s"
