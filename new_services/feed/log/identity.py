"""Which columns identify the rows of a table in the log, or why none do. Pure.

PostgreSQL refuses every UPDATE and DELETE on a published table whose replica identity it cannot
use. So a table without a usable one is refused here, before it is published.
"""

from collections.abc import Iterable
from dataclasses import dataclass

Columns = tuple[str, ...]


class NotPublished(RuntimeError):
    """A table cannot be fed; says which one, why, and what a person can do.

    `unusable`: tables whose UPDATE and DELETE PostgreSQL refuses as long as they are published.
    """

    def __init__(self, reason: str, unusable: Iterable[str] = ()) -> None:
        super().__init__(reason)
        self.unusable = frozenset(unusable)


class Unusable(NotPublished):
    """The replica identity of a table cannot be used."""


@dataclass(frozen=True, slots=True)
class ReplicaIdentity:
    """What PostgreSQL says of one table, or of one partition."""

    table: str
    replica: str  # pg_class.relreplident: d default, n nothing, f full, i index
    primary: Columns | None = None  # the primary key, in the order of its index
    immediate: bool = True  # the primary key is not deferrable
    index: Columns | None = None  # the index of REPLICA IDENTITY USING INDEX, where it exists


def key_of(identity: ReplicaIdentity) -> Columns:
    """The columns of the key. Raises NotPublished."""
    name, primary = identity.table, identity.primary
    default = f'ALTER TABLE public."{name}" REPLICA IDENTITY DEFAULT'
    if identity.replica == "n":
        raise Unusable(f"{name} has REPLICA IDENTITY NOTHING: {default}")
    if identity.replica == "i":
        if identity.index is None:
            raise Unusable(f"the index of {name}'s replica identity is gone: {default}")
        if primary is None or not identity.immediate:
            return identity.index
        if set(primary) <= set(identity.index):
            return primary
        raise NotPublished(
            f"{name}'s replica identity is another index than its primary key, so that the log"
            f" does not have the primary key of a deleted row: {default}"
        )
    # With the whole old row in its log (full) PostgreSQL refuses no write; only we need the key.
    refusal = Unusable if identity.replica == "d" else NotPublished
    if primary is None:
        raise refusal(
            f'{name} has no primary key: ALTER TABLE public."{name}" ADD PRIMARY KEY (...), or'
            " REPLICA IDENTITY USING INDEX with a unique index over columns that are NOT NULL"
        )
    if not identity.immediate:
        raise refusal(
            f"the primary key of {name} is DEFERRABLE, so that two rows may have one key for a"
            " moment: create the constraint again, NOT DEFERRABLE"
        )
    return primary


def common_key(root: ReplicaIdentity, partitions: tuple[ReplicaIdentity, ...]) -> Columns:
    """The key of a table and of all its partitions. Raises NotPublished."""
    key = key_of(root)
    for each in partitions:
        if key_of(each) != key:
            raise NotPublished(
                f"{each.table}, a partition of {root.table}, has another replica identity than"
                f' {root.table}: ALTER TABLE public."{each.table}" REPLICA IDENTITY DEFAULT'
            )
    return key
