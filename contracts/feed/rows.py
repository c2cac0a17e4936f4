"""Many rows of a snapshot in one message: the columns named once, a list of values for each row.

    {"v": 1, "op": "snapshot", "table": "stock", "key": ["sku"], "columns": ["sku", "qty"],
     "rows": [["A", 1], ["B", 2]], "lsn": 77, "committed": "…"}

All were known to be true at one position. Each stands for a change of its own; see `changes_of`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.feed.change import FORMAT, Change, NotAChange, Op, Value, Version

Values = Sequence[Value]


@dataclass(frozen=True, slots=True)
class SnapshotRows:
    """At least one row."""

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    rows: Sequence[Values]
    lsn: int
    committed: str

    @property
    def op(self) -> Op:
        """As each of the changes has it."""
        return Op.SNAPSHOT

    @property
    def version(self) -> Version:
        """As each of the changes has it."""
        return self.lsn, 0

    @property
    def message_id(self) -> str:
        """The same for each publication; the first key identifies rows of one position."""
        first = dict(zip(self.columns, self.rows[0], strict=True))
        key = ",".join(str(first[name]) for name in self.key)
        return f"{self.lsn}:0:rows:{self.table}:{key}"

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that is published."""
        return {
            "v": FORMAT,
            "op": self.op.value,
            "table": self.table,
            "key": self.key,
            "columns": self.columns,
            "rows": self.rows,
            "lsn": self.lsn,
            "committed": self.committed,
        }


def changes_of(body: Mapping[str, Any]) -> list[Change]:
    """The changes that a message stands for, mostly one. Raises NotAChange."""
    if "rows" not in body:
        return [Change.from_dict(body)]
    if body.get("v") != FORMAT:
        raise NotAChange(f"format {body.get('v')!r}, expected {FORMAT}")
    try:
        return list(_unpacked(body))
    except (KeyError, TypeError, ValueError) as error:
        raise NotAChange(f"not rows of a snapshot: {error!r}") from error


def _unpacked(body: Mapping[str, Any]) -> Iterator[Change]:
    table, columns, names = body["table"], body["columns"], body["key"]
    lsn, committed, op = body["lsn"], body["committed"], Op(body["op"])
    for values in body["rows"]:
        row = dict(zip(columns, values, strict=True))
        key = {name: row[name] for name in names}
        yield Change(table, op, key, None, row, lsn, 0, 0, committed)
