"""A clock for tests."""


class Clock:
    """Stands until a test sets `now`."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now
