"""Changes of legacy tables -> facts about entities, by mappings that are data."""

from collections.abc import Sequence
from datetime import datetime

from contracts.feed.change import Change, Op, Row
from contracts.feed.facts import Cleared, Fact, Gone, Key, Reached, Stored
from contracts.feed.mapping import Mapping
from contracts.subjects import FENCE_SUBJECT, WATERMARK_SUBJECT, legacy_subject, shape_subject


class TooLarge(ValueError):
    """A row that could not be published; says which, and what a person can do."""


class LegacyTranslator:
    """A Translator of the legacy feed for the tables of these mappings."""

    def __init__(self, mappings: Sequence[Mapping]) -> None:
        self._mappings = {mapping.table: mapping for mapping in mappings}

    @property
    def subjects(self) -> tuple[str, ...]:
        """Two subjects a table, for rows and columns, the watermarks and the fences."""
        rows = (legacy_subject(table) for table in self._mappings)
        shapes = (shape_subject(table) for table in self._mappings)
        return (*rows, *shapes, WATERMARK_SUBJECT, FENCE_SUBJECT)

    def __call__(self, change: Change) -> tuple[Fact, ...]:
        """The facts of one change. Raises Untranslatable, Misshapen, TooLarge."""
        if change.op is Op.WATERMARK:
            # That of a fence says no time: it is a place in the log.
            return () if change.origin else (Reached(_micros(change.committed)),)
        mapping = self._mappings.get(change.table)
        if change.op is Op.SHAPE and change.key:
            raise TooLarge(
                f"the row {dict(change.key)} of {change.table} is larger than the broker takes:"
                f" shorten it or raise max_payload, then `fig feed resnapshot {change.table}`"
            )
        if change.op is Op.SHAPE and mapping is not None:
            mapping.check(change.after or {})
            return ()
        return () if mapping is None else tuple(_facts(mapping, change))


def _facts(mapping: Mapping, change: Change) -> list[Fact]:
    entity, version = mapping.entity, change.version
    if change.op in (Op.TRUNCATE, Op.SNAPSHOT_END):
        ends = (change.before, change.after)
        first, last = (None if row is None else _key(mapping, row) for row in ends)
        return [Cleared(entity, version, first, last)]
    key = _key(mapping, change.key)
    if change.after is None:
        return [Gone(entity, key, version)]
    facts: list[Fact] = [Stored(entity, key, mapping.translate(change.after), version)]
    if change.before is not None and (old := _key(mapping, change.before)) != key:
        facts.insert(0, Gone(entity, old, version))
    return facts


def _key(mapping: Mapping, row: Row) -> Key:
    key = row[mapping.key]
    assert isinstance(key, int | str)
    return key


def _micros(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1_000_000)
