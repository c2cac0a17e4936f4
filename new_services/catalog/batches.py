"""Many facts -> what one transaction must write. Pure; any order and any repetition ends alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from contracts.feed.change import Version
from contracts.feed.facts import Cleared, Fact, Fields, Gone, Key, Stored


@dataclass(frozen=True, slots=True)
class RowState:
    """The newest that is known of an entity; fields None: it is gone."""

    fields: Fields | None
    version: Version


@dataclass(slots=True)
class Batch:
    """The net effect of some facts."""

    rows: dict[str, dict[Key, RowState]] = field(default_factory=dict)  # by entity, by key
    floors: dict[str, Version] = field(default_factory=dict)  # newly risen ones
    ranges: list[Cleared] = field(default_factory=list)  # to be cleared when the rows are written

    @property
    def empty(self) -> bool:
        """Whether no row is touched."""
        return not self.floors and not self.ranges and not any(self.rows.values())


def fold(facts: Iterable[Fact], floors: Mapping[str, Version]) -> Batch:
    """The net effect. `floors`: versions below which nothing of an entity exists any more."""
    batch = Batch()
    for fact in facts:
        match fact:
            case Cleared(entity, version) if not fact.whole:
                batch.ranges.append(fact)
            case Cleared(entity, version):
                if version > floors.get(entity, (0, 0)):
                    batch.floors[entity] = max(version, batch.floors.get(entity, version))
            case Stored(entity, key, fields, version):
                _keep_newest(batch, entity, key, RowState(fields, version))
            case Gone(entity, key, version):
                _keep_newest(batch, entity, key, RowState(None, version))
            case _:
                pass  # a watermark: nothing to write
    for entity, rows in batch.rows.items():
        floor = batch.floors.get(entity, floors.get(entity, (0, 0)))
        batch.rows[entity] = {key: row for key, row in rows.items() if row.version >= floor}
    return batch


def _keep_newest(batch: Batch, entity: str, key: Key, new: RowState) -> None:
    """A newer row replaces an older one, and keeps of it the fields that it does not name."""
    rows = batch.rows.setdefault(entity, {})
    known = rows.get(key)
    if known is None:
        rows[key] = new
    elif new.version > known.version:
        if new.fields is not None and known.fields is not None:
            new = replace(new, fields={**known.fields, **new.fields})
        rows[key] = new
