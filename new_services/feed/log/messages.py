"""The messages of logical replication that we use."""

from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias


class _Unchanged(Enum):
    UNCHANGED = "unchanged"


# A large value the row keeps: the log does not repeat it.
UNCHANGED: Final = _Unchanged.UNCHANGED
Field: TypeAlias = str | _Unchanged | None
Fields: TypeAlias = tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Begin:
    """A transaction starts; nothing of another one comes before its Commit."""

    lsn: int  # position of the commit record
    committed: int  # microseconds since 2000-01-01 UTC
    xid: int


@dataclass(frozen=True, slots=True)
class Commit:
    """The transaction is complete; `end` is the position to confirm."""

    lsn: int
    end: int


@dataclass(frozen=True, slots=True)
class Origin:
    """After a Begin: who wrote the transaction, where its session has a replication origin."""

    name: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the relation message describes it."""

    name: str
    type_oid: int
    in_key: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """A table's shape; sent before its first row and again after it changed."""

    oid: int
    schema: str
    table: str
    columns: tuple[Column, ...]
    replica: str = "d"  # pg_class.relreplident: with f (full) every column is marked `in_key`


@dataclass(frozen=True, slots=True)
class Insert:
    """A new row."""

    relation: int
    new: Fields


@dataclass(frozen=True, slots=True)
class Update:
    """A changed row; `old` only when the key changed (key fields) or legacy logs whole old rows."""

    relation: int
    old: Fields | None
    old_is_key: bool
    new: Fields


@dataclass(frozen=True, slots=True)
class Delete:
    """A removed row: its key fields, or the whole row where legacy logs it."""

    relation: int
    old: Fields
    old_is_key: bool


@dataclass(frozen=True, slots=True)
class Truncate:
    """Emptied tables."""

    relations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LogicalMessage:
    """What pg_logical_emit_message wrote."""

    prefix: str
    content: bytes


Message: TypeAlias = (
    Begin | Origin | Commit | Relation | Insert | Update | Delete | Truncate | LogicalMessage | None
)
