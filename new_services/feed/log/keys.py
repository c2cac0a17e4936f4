"""Keys of rows, in the order in which a table is read in chunks.

The order must be one that we and PostgreSQL agree on: numbers as numbers, everything else as the
bytes of its text.
"""

from dataclasses import dataclass
from typing import TypeAlias

from contracts.feed.change import Value
from new_services.feed.log.values import INTEGERS

Key: TypeAlias = tuple[Value, ...]
Rank: TypeAlias = tuple[int | bytes, ...]


def rank(key: Key) -> Rank:
    """What keys are compared by."""
    return tuple(part if isinstance(part, int) else str(part).encode() for part in key)


def from_text(texts: list[str], oids: tuple[int, ...]) -> Key:
    """A key as a person writes it. Raises ValueError when it does not fit the columns."""
    if len(texts) != len(oids):
        raise ValueError(f"the key has {len(oids)} parts, not {len(texts)}")
    return tuple(int(t) if oid in INTEGERS else t for t, oid in zip(texts, oids, strict=True))


@dataclass(frozen=True, slots=True)
class Bound:
    """A place between two rows: behind the key, or just before it."""

    key: Key
    behind: bool = True

    def covers(self, other: Rank) -> bool:
        """Whether that key lies before this place."""
        own = rank(self.key)
        return other < own or (self.behind and other == own)
