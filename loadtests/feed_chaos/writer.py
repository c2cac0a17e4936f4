"""Commits at a rate until told to stop; a database that is away is waited for."""

import random
import threading
import time
from collections import Counter

import psycopg

from loadtests.feed_chaos import writes

BEHIND_SECONDS = 0.25  # what is missed while the database is away is not all caught up with


class Writer(threading.Thread):
    """One of several; the rate is its own."""

    def __init__(self, url: str, rate: float, dice: random.Random) -> None:
        super().__init__(daemon=True)
        self._url, self._rate, self._dice = url, rate, dice
        self._stopping = threading.Event()
        self.done: Counter[str] = Counter()  # commits, by what they did
        self.refused: Counter[str] = Counter()  # by the error's name
        self.failure: Exception | None = None  # what none of the above explains

    def run(self) -> None:
        """See the class."""
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
        due = time.monotonic()
        while not self._stopping.wait(max(0.0, due - time.monotonic())):
            due = max(due + 1 / self._rate, time.monotonic() - BEHIND_SECONDS)
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

    def finish(self) -> None:
        """Stop, and raise what it failed of."""
        self._stopping.set()
        self.join(30)
        if self.failure is not None:
            raise self.failure
