"""An entity as both sides keep it, and the report of what was found in it."""

from dataclasses import dataclass, field

import asyncpg

from contracts.feed.mapping import Mapping as Table
from new_services.verify.rows.canonical import canonical
from new_services.verify.rows.naming import Difference, Texts
from new_services.verify.rows.relations import Relation, column_types, legacy_side, store_side
from new_services.verify.rows.stores import Store


@dataclass(slots=True)
class EntityReport:
    """What was found. `unsettled`: keys that moved whenever they were looked at."""

    service: str
    entity: str
    table: str
    legacy_rows: int = 0
    rows: int = 0
    differences: list[Difference] = field(default_factory=list)
    not_looked_into: int = 0  # buckets that differ beyond the first MOST rows
    unsettled: list[str] = field(default_factory=list)
    in_motion: int = 0  # rows that differed at first and then agreed


@dataclass(frozen=True, slots=True)
class Entity:
    """A mapping, how the service keeps it, and both sides as SQL."""

    mapping: Table
    store: Store
    legacy: Relation
    here: Relation

    @classmethod
    async def of(cls, mapping: Table, store: Store, legacy: asyncpg.Connection) -> "Entity":
        """Raises Incomparable."""
        types = await column_types(legacy, mapping)
        return cls(mapping, store, legacy_side(mapping, store, types), store_side(mapping, store))

    def expected(self, row: asyncpg.Record) -> Texts | None:
        """What the read model must hold of a legacy row; None: nothing. Raises Untranslatable."""
        fields = self.mapping.translate(row)
        if not self.store.belongs(fields):
            return None
        kept = self.store.fields(self.mapping)
        return {each.name: canonical(each.convert.kind, fields[each.name]) for each in kept}

    def held(self, row: asyncpg.Record) -> Texts:
        """What the read model holds."""
        kept = self.store.fields(self.mapping)
        return {each.name: canonical(each.convert.kind, row[each.name]) for each in kept}
