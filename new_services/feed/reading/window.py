"""Rows read from a table while its changes stream by: which of them are true, and as of when.

A chunk is read between two marks in the log (the watermark windows of DBLog, arXiv:2010.12597).
DBLog drops a row whose key appears in the stream between the marks. We know more: the snapshot
that was read says which transactions it has seen. A row is kept when all transactions that
touched its key in the window are in the snapshot, and is then true at the second mark. At the
first key that an unseen transaction touched the chunk is cut; the next one starts there.
Pure: no I/O.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from contracts.feed.rows import Values
from new_services.feed.log.keys import Bound, Key, Rank, rank
from new_services.feed.reading.jobs import Job
from new_services.feed.reading.visibility import Recent, Seen

MOST_TOUCHED = 20_000  # keys remembered in one window


@dataclass(slots=True)
class Rows:
    """What one reading of a table gave, in the order of its keys."""

    snapshot: str  # pg_current_snapshot() of the reading
    rows: Sequence[tuple[Key, Values]]
    exhausted: bool  # nothing comes after the last row


@dataclass(slots=True)
class Verdict:
    """What is true of a chunk."""

    rows: Sequence[tuple[Key, Values]]
    at: Bound | None  # everything before it has been read
    done: bool  # and nothing comes after it


@dataclass(slots=True)
class Window:
    """One chunk, from before its first mark to its second."""

    name: str  # in the marks
    job: Job
    opened: int = 0  # position of the first mark in the log, once it was read
    spoiled: bool = False
    read: Rows | None = None
    _touched: dict[Rank, set[int]] = field(default_factory=dict)
    _serial: int = 0

    def open(self, position: int, recent: Recent) -> None:
        """The first mark was read from the log."""
        self.opened, self._serial = position, recent.serial

    def touch(self, key: Rank, xid: int) -> None:
        """A change of the table was read from the log."""
        if self.opened and not self.spoiled:
            self._touched.setdefault(key, set()).add(xid)
            self.spoiled = len(self._touched) > MOST_TOUCHED

    def judge(self, recent: Recent) -> Verdict:
        """Which rows are true, and up to where. The second mark was read from the log."""
        read, job = self.read, self.job
        if read is None or self.spoiled or not self.opened:
            return Verdict((), job.at, False)
        seen = Seen(read.snapshot)
        if recent.any_until(seen.running, self._serial):
            return Verdict((), job.at, False)
        cut = min((key for key in self._touched if self._unread(key, seen)), default=None)
        if cut is None:
            last = Bound(read.rows[-1][0]) if read.rows else job.at
            return Verdict(read.rows, last, read.exhausted)
        kept = [(key, row) for key, row in read.rows if rank(key) < cut]
        return Verdict(kept, Bound(kept[-1][0]) if kept else job.at, False)

    def _unread(self, key: Rank, seen: Seen) -> bool:
        """Whether the job is still to read that key, and has not seen all that was done to it."""
        if self.job.covers(key) or self.job.beyond(key):
            return False
        return any(xid not in seen for xid in self._touched[key])
