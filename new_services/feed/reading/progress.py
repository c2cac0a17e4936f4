"""How far the reading of the tables has come, and how long it will still take."""

import logging
import time
from collections.abc import Callable
from typing import Any

from new_services.feed.reading.jobs import Job

log = logging.getLogger("feed.snapshot")

SAY_SECONDS = 5.0


class Progress:
    """Kept over restarts of the session; counts what this process has read."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._totals: dict[tuple[str, object], int] = {}  # rows to be read, by job
        self._started: float | None = None
        self._said = 0.0
        self._done = 0  # rows since `_started`
        self._table = ""
        self._in_table = 0
        self.rows = 0  # since the process started

    @staticmethod
    def _name(job: Job) -> tuple[str, object]:
        return job.table, job.to

    def counted(self, job: Job) -> bool:
        """Whether the size of the job is known."""
        return self._name(job) in self._totals

    def count(self, job: Job, rows: int) -> None:
        """The job has so many rows left."""
        self._totals[self._name(job)] = rows
        if self._started is None:
            self._started, self._said, self._done = self._clock(), self._clock(), 0

    def read(self, table: str, rows: int) -> None:
        """So many more rows of the table have been read."""
        if table != self._table:
            self._table, self._in_table = table, 0
        self._done += rows
        self._in_table += rows
        self.rows += rows
        now = self._clock()
        if now - self._said >= SAY_SECONDS:
            self._said = now
            log.info("%s", self.sentence())

    def idle(self) -> None:
        """All has been read."""
        self._started, self._done = None, 0
        self._table, self._in_table = "", 0
        self._totals.clear()

    @property
    def total(self) -> int:
        """Rows of all that is being read, as counted when it began."""
        return sum(self._totals.values())

    @property
    def rate(self) -> float:
        """Rows a second since it began."""
        if self._started is None or not self._done:
            return 0.0
        return self._done / max(0.001, self._clock() - self._started)

    @property
    def seconds_left(self) -> float | None:
        """An estimate; None while there is nothing to go by."""
        if not self.rate:
            return None
        return max(0, self.total - self._done) / self.rate

    def to_dict(self) -> dict[str, Any] | None:
        """For /readyz; None while nothing is read."""
        if self._started is None:
            return None
        left = self.seconds_left
        return {
            "table": self._table,
            "rows": self._done,
            "of": self.total,
            "rows_per_second": round(self.rate),
            "seconds_left": None if left is None else round(left, 1),
        }

    def sentence(self) -> str:
        """One sentence for the log and for `/readyz`."""
        left = self.seconds_left
        rest = "" if left is None else f", {left:.0f} s left"
        return f"reading {self._table}: {self._done} of {self.total} rows{rest}"
