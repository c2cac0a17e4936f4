"""One committed row change of the legacy database, version 1 of its JSON form.

Changes are ordered by `version`, the pair (lsn, seq): `lsn` is the position of the transaction's
commit record in the write-ahead log, `seq` counts the rows inside the transaction from 1. A
snapshot row carries the position at which it was known to be true as `lsn` and 0 as `seq`: older
than every change that is streamed after it, newer than everything before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

FORMAT = 1

Value: TypeAlias = str | int | bool | None
Row: TypeAlias = Mapping[str, Value]
Version: TypeAlias = tuple[int, int]


class Op(StrEnum):
    """What happened to the row, or to the table when there is no row."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    TRUNCATE = "truncate"  # every older row of the table is gone
    SNAPSHOT = "snapshot"
    # Every row older than this snapshot, not in it, is gone. Of a part of the table: `before` has
    # its first key, `after` its last one, where it has them.
    SNAPSHOT_END = "snapshot-end"
    # The table has these columns from here on: `after` maps name to kind of value. With a key: the
    # row of that key was too large to be published, and the table is not whole until it was read
    # again.
    SHAPE = "shape"
    WATERMARK = "watermark"  # everything committed before `committed` was published before this


class NotAChange(ValueError):
    """A message that is not a change of a version this code understands."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row change. Columns that the log left out as unchanged are absent from `after`."""

    table: str
    op: Op
    key: Row
    before: Row | None  # the old key when it changed; the old row where legacy logs it
    after: Row | None
    lsn: int
    seq: int
    xid: int
    committed: str  # RFC 3339 with microseconds, UTC; of a watermark: the time it stands for
    origin: str = ""  # of a write with an origin, see contracts.cutover; empty: any other

    @property
    def version(self) -> Version:
        """Its place in the order of all changes."""
        return self.lsn, self.seq

    @property
    def message_id(self) -> str:
        """The same for each publication of a change; a snapshot row is identified by its key."""
        if self.op in (Op.SNAPSHOT, Op.SNAPSHOT_END):
            key = ",".join(str(part) for part in self.key.values())
            return f"{self.lsn}:0:{self.op}:{self.table}:{key}"
        if self.op is Op.SHAPE:  # stands between two changes, and counts as none
            return f"{self.lsn}:{self.seq}:{self.op}:{self.table}"
        return f"{self.lsn}:{self.seq}"

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that is published; without an origin it names none."""
        origin = {"origin": self.origin} if self.origin else {}
        return {
            "v": FORMAT,
            "table": self.table,
            "op": self.op.value,
            "key": self.key,
            "before": self.before,
            "after": self.after,
            "lsn": self.lsn,
            "seq": self.seq,
            "xid": self.xid,
            "committed": self.committed,
            **origin,
        }

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> "Change":
        """Read what `to_dict` wrote. Raises NotAChange, naming what is wrong."""
        if body.get("v") != FORMAT:
            raise NotAChange(f"format {body.get('v')!r}, expected {FORMAT}")
        try:
            return cls(
                table=body["table"],
                op=Op(body["op"]),
                key=body["key"],
                before=body["before"],
                after=body["after"],
                lsn=body["lsn"],
                seq=body["seq"],
                xid=body["xid"],
                committed=body["committed"],
                origin=body.get("origin", ""),
            )
        except (KeyError, ValueError) as error:
            raise NotAChange(f"not a change: {error}") from error
