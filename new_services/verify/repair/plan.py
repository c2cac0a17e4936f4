"""What a repair would write: for each differing row what stands there now, and what shall.

The authority is legacy, until a service has become the system of record itself: of such a service
nothing is planned. A new row carries the oldest version there can be, so that every change that has
not been applied yet is newer and wins.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from contracts.feed.change import Version
from new_services.verify.rows.entity import Entity, EntityReport
from new_services.verify.rows.naming import Difference, Kind
from new_services.verify.rows.stores import Row
from new_services.verify.services import Service
from new_services.verify.sides import Sides

OLDEST: Version = (0, 0)


@dataclass(frozen=True, slots=True)
class Mend:
    """One row: `before` and `after` are the table's row as JSON has it; None: no row."""

    entity: str
    table: str
    key: str
    kind: str
    before: Row | None
    after: Row | None


@dataclass(slots=True)
class Plan:
    """What would be done in one service."""

    service: str
    mends: list[Mend] = field(default_factory=list)
    # Rows, entity to keys, of which something else is derived now than what is kept.
    derive: dict[str, list[str]] = field(default_factory=dict)
    made_anew: list[str] = field(default_factory=list)  # what is derived of these, and of the mends
    refused: list[str] = field(default_factory=list)  # what cannot be mended, and why

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.mends and not self.derive


async def plan_entity(
    service: Service, entity: Entity, live: Sides, report: EntityReport, plan: Plan
) -> None:
    """Add the mends of one entity's differences."""
    mendable: list[Difference] = []
    for found in report.differences:
        if found.kind is Kind.UNTRANSLATABLE:
            plan.refused.append(f"{service.name} {entity.mapping.entity}: {found.detail}")
        else:
            mendable.append(found)
    if report.not_looked_into:
        plan.refused.append(
            f"{service.name} {entity.mapping.entity}: too many rows differ;"
            " rebuild it instead (`fig rebuild`), or repair in several turns"
        )
    version = await _oldest(entity, live)
    keys = [found.key for found in mendable]
    here = await stored_rows(entity, live, keys)
    legacy = {row["key"]: row for row in await live.legacy.fetch(entity.legacy.single, keys)}
    for found in mendable:
        row, before = legacy.get(found.key), here.get(found.key)
        fields = None if row is None else entity.mapping.translate(row)
        if fields is not None and not entity.store.belongs(fields):
            fields = None
        after = (
            None
            if before is None and fields is None
            else entity.store.renew(before, found.key, fields, version)
        )
        plan.mends.append(
            Mend(
                entity.mapping.entity, entity.store.table, found.key, found.kind, before, after
            )
        )  # fmt: skip


async def stored_rows(entity: Entity, live: Sides, keys: Sequence[str]) -> dict[str, Row]:
    """The rows as they stand in the table, tombstones too."""
    store = entity.store
    rows = await live.store.fetch(
        f"SELECT {store.key} AS key, to_jsonb(r)::text AS row FROM {store.relation}"
        f" WHERE {store.find}",
        list(keys),
    )
    return {row["key"]: json.loads(row["row"]) for row in rows}


async def _oldest(entity: Entity, live: Sides) -> Version:
    if entity.store.floor is None:
        return OLDEST
    row = await live.store.fetchrow(entity.store.floor)
    return OLDEST if row is None else (row["lsn"], row["seq"])
