"""What is still to be read of the tables: a job each, with how far it has come."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from new_services.feed.log.keys import Bound, Key, Rank, rank


@dataclass(frozen=True, slots=True)
class Job:
    """Reading one table, or a range of its keys."""

    table: str
    # The first time a table is read, what streams of rows not read yet is left out: they will be
    # read in a newer state. Afterwards the stream goes on untouched while rows are read again.
    initial: bool
    since: int = 0  # no row of the job is older than this position; 0: not begun
    at: Bound | None = None  # everything before it has been published
    to: Key | None = None  # the last key
    ranged: bool = False
    start: Key | None = None  # the first key
    rows: int = 0  # published so far

    def covers(self, key: Rank) -> bool:
        """Whether the job has left that key behind."""
        return self.at is not None and self.at.covers(key)

    def beyond(self, key: Rank) -> bool:
        """Whether that key lies behind the job's last one."""
        return self.to is not None and key > rank(self.to)

    def moved(self, since: int, at: Bound | None, rows: int) -> "Job":
        """After one more chunk."""
        return replace(self, since=self.since or since, at=at, rows=self.rows + rows)

    def to_dict(self) -> dict[str, Any]:
        """For the bookmark."""
        return asdict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "Job":
        """What `to_dict` wrote."""
        at, to, start = value["at"], value["to"], value.get("start")
        bound = Bound(tuple(at["key"]), at["behind"]) if at else None
        ends = {"to": to and tuple(to), "start": start and tuple(start)}
        return cls(**{**value, **ends, "at": bound})

    @classmethod
    def of_range(cls, table: str, first: Key | None, last: Key | None) -> "Job":
        """Read these keys again, both ends among them; None: from the beginning, to the end."""
        at = None if first is None else Bound(first, behind=False)
        ranged = first is not None or last is not None
        return cls(table, False, at=at, to=last, ranged=ranged, start=first)

    def __str__(self) -> str:
        start = "" if self.at is None else f" from {','.join(map(str, self.at.key))}"
        end = "" if self.to is None else f" to {','.join(map(str, self.to))}"
        return f"{self.table}{start}{end}"
