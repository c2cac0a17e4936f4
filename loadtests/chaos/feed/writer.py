"""Commits at a rate until it is stopped; a database that is away is waited for.

What was missed meanwhile is caught up with, at most `HASTE` times as fast as the rate.
"""

import random
import threading
import time
from collections import Counter

import psycopg

from loadtests.chaos.feed import writes

HASTE = 3.0


class Writer(threading.Thread):
    """One of several; the rate is its own."""

    def __init__(self, url: str, rate: float, dice: random.Random) -> None:
        super().__init__(daemon=True)
        self._url, self._rate, self._dice = url, rate, dice
        self._stopping = threading.Event()
        self._due = 0.0  # when the next commit should be, by time.monotonic()
        self.done: Counter[str] = Counter()  # commits, by what they did
        self.refused: Counter[str] = Counter()  # by the error's name
        self.failure: Exception | None = None  # what none of the above explains

    def run(self) -> None:
        self._due = time.monotonic()
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._url, connect_timeout=2) as connection:
                    self._write(connection)
            except psycopg.OperationalError as error:
                self.refused[type(error).__name__] += 1
                self._stopping.wait(0.05)
            except Exception as error:
                self.failure = error
                return

    def _write(self, connection: psycopg.Connection) -> None:
        soonest = 0.0
        while not self._stopping.wait(max(0.0, max(self._due, soonest) - time.monotonic())):
            soonest = time.monotonic() + 1 / self._rate / HASTE
            chosen = [writes.choose(self._dice) for _ in range(self._dice.choice((1, 1, 1, 3)))]
            try:
                for write in chosen:
                    write(connection, self._dice)
                connection.commit()
            except psycopg.IntegrityError as error:  # a key that is taken, a shelf that is empty
                connection.rollback()
                self.refused[type(error).__name__] += 1
                continue
            self.done.update(write.__name__ for write in chosen)
            self.done["commits"] += 1
            self._due += 1 / self._rate

    def finish(self) -> None:
        """Stop, and raise what it failed of."""
        self._stopping.set()
        self.join(30)
        if self.failure is not None:
            raise self.failure
