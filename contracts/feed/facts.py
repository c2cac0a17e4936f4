"""What can happen to an entity of another system, in the new side's own words.

A fact names one entity by its key, and carries the version that orders it among all facts. Fields
that a fact does not name are unchanged. `entities` has the names of the kinds of entity.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from contracts.feed.change import Change, Version

Key: TypeAlias = int | str
Fields: TypeAlias = Mapping[str, Any]  # JSON values; money as text


@dataclass(frozen=True, slots=True)
class Stored:
    """The entity has these field values."""

    entity: str
    key: Key
    fields: Fields
    version: Version


@dataclass(frozen=True, slots=True)
class Gone:
    """The entity does not exist any more."""

    entity: str
    key: Key
    version: Version


@dataclass(frozen=True, slots=True)
class Cleared:
    """No entity of this kind exists that is older than this version.

    With a first or a last key, only those in that range, both ends in it; numbers in their order,
    texts by their bytes.
    """

    entity: str
    version: Version
    first: Key | None = None
    last: Key | None = None

    @property
    def whole(self) -> bool:
        """Whether it speaks of all keys."""
        return self.first is None and self.last is None


@dataclass(frozen=True, slots=True)
class Reached:
    """Every change that was committed before this time has been published."""

    micros: int  # unix


Fact: TypeAlias = Stored | Gone | Cleared | Reached


class Translator(Protocol):
    """Turns the change feed of another system into facts; brought in at a composition root."""

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects of the stream that carry what it understands."""

    def __call__(self, change: Change) -> tuple[Fact, ...]:
        """The facts of one change, in order."""
