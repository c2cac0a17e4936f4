"""Differences -> what to write, and writing it: in one transaction per service, journalled.

A row is written only while it still stands as it was planned; one that changed meanwhile is left
alone, for the next verification to judge. What is derived of the rows (documents, sums) is made
anew by the service's own code in the same transaction. The way back is the same with `before` and
`after` exchanged.
"""

import importlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import asyncpg

from new_services.anticorruption.verify.entities import Entity
from new_services.anticorruption.verify.journal import Entry, Journal
from new_services.anticorruption.verify.plan import Mend, Plan, plan_entity
from new_services.anticorruption.verify.services import Service, service
from new_services.anticorruption.verify.settings import VerifySettings
from new_services.anticorruption.verify.sides import Bench, bench, connect
from new_services.anticorruption.verify.stores import Row, Store
from new_services.anticorruption.verify.verification import Report

Derive: TypeAlias = Callable[
    [asyncpg.Connection, Mapping[str, Sequence[Row]]], Awaitable[None]
]  # entity to its rows, before and after


@dataclass(slots=True)
class Outcome:
    """What a repair did in one service."""

    service: str
    id: str
    mended: list[Mend] = field(default_factory=list)
    left_alone: list[Mend] = field(default_factory=list)  # changed since they were planned


async def plan(settings: VerifySettings, report: Report) -> list[Plan]:
    """What a verification's report asks for. Raises what `verify` raises."""
    plans = []
    for name in report.taken:
        found, url = Plan(name), settings.url(name)
        assert url is not None
        if name in settings.retired:
            found.refused.append(
                f"{name} is the system of record itself: legacy is no authority for it any more"
            )
        else:
            async with bench(service(name), settings.legacy_url, url) as at:
                await _plan_service(service(name), at, report, found)
        plans.append(found)
    return plans


async def _plan_service(holder: Service, at: Bench, report: Report, found: Plan) -> None:
    mappings = {each.entity: each for each in holder.mappings}
    for each in report.entities:
        if each.service == holder.name and (each.differences or each.not_looked_into):
            mapping = mappings[each.entity]
            entity = await Entity.of(mapping, holder.store(mapping), at.live.legacy)
            await plan_entity(holder, entity, at.live, each, found)
    for law in report.laws:
        if law.database == holder.name and law.breaches and law.derives:
            found.derive.setdefault(law.derives, []).extend(one.key for one in law.breaches)


async def apply(settings: VerifySettings, found: Plan, journal: Journal) -> Outcome:
    """Write the plan of one service. Raises what asyncpg raises; then nothing was written."""
    entry = journal.begin(found.service, found.mends)

    def written(mended: Sequence[Mend]) -> None:
        nonlocal entry
        entry = journal.settle(replace(entry, mends=tuple(mended)), "written")

    outcome = await _write(settings, entry, found.derive, written)
    journal.settle(entry, "applied")
    return outcome


async def undo(settings: VerifySettings, entry: Entry, journal: Journal) -> Outcome:
    """Put back what stood there before, where nobody has written since."""
    back = tuple(replace(each, before=each.after, after=each.before) for each in entry.mends)
    outcome = await _write(settings, replace(entry, mends=back), {}, lambda _: None)
    journal.settle(entry, "undone")
    return outcome


async def _write(
    settings: VerifySettings,
    entry: Entry,
    derive: Mapping[str, Sequence[str]],
    written: Callable[[Sequence[Mend]], None],
) -> Outcome:
    """`written` is called before the commit, with the rows as they stand now."""
    holder, url = service(entry.service), settings.url(entry.service)
    assert url is not None
    outcome = Outcome(entry.service, entry.id)
    stores = {each.entity: holder.store(each) for each in holder.mappings}
    connection = await connect(url)
    try:
        async with connection.transaction():
            rows: dict[str, list[Row]] = {}
            for mend in entry.mends:
                done = await _write_row(connection, stores[mend.entity], mend)
                if done is not None:
                    outcome.mended.append(done)
                    both = (row for row in (done.before, done.after) if row is not None)
                    rows.setdefault(mend.entity, []).extend(both)
                else:
                    outcome.left_alone.append(mend)
            for entity, keys in derive.items():
                rows.setdefault(entity, []).extend(await _present(connection, stores[entity], keys))
            await _deriver(holder)(connection, rows)
            written(outcome.mended)
    finally:
        await connection.close(timeout=2)
    return outcome


async def _write_row(connection: asyncpg.Connection, store: Store, mend: Mend) -> Mend | None:
    """What was written, as the table has it; None where the row did not stand as planned."""
    now = await connection.fetchval(
        f"SELECT to_jsonb(r)::text FROM {store.relation} WHERE {store.find} FOR UPDATE", [mend.key]
    )
    if (None if now is None else json.loads(now)) != mend.before:
        return None
    if mend.before is not None:
        await connection.execute(f"DELETE FROM {store.relation} WHERE {store.find}", [mend.key])
    if mend.after is None:
        return mend
    row = await connection.fetchval(
        f'INSERT INTO "{store.table}" AS r SELECT * FROM'
        f' jsonb_populate_record(NULL::"{store.table}", $1::text::jsonb)'
        " ON CONFLICT DO NOTHING RETURNING to_jsonb(r)::text",
        json.dumps(mend.after),
    )
    return None if row is None else replace(mend, after=json.loads(row))


async def _present(connection: asyncpg.Connection, store: Store, keys: Sequence[str]) -> list[Row]:
    """Rows by key; of those that are gone just the key, by which something may be left over."""
    found = await connection.fetch(
        f"SELECT {store.key} AS key, to_jsonb(r)::text AS row FROM {store.relation}"
        f" WHERE {store.find}",
        list(keys),
    )
    rows: list[Row] = [json.loads(row["row"]) for row in found]
    gone = set(keys) - {row["key"] for row in found}
    return [*rows, *({"id": int(key), "key": key} for key in gone if key.isdecimal())]


def _deriver(holder: Service) -> Derive:
    """By name: this room knows every service's shape, and imports none of them."""
    module, _, name = holder.derive.partition(":")
    found: Derive = getattr(importlib.import_module(module), name)
    return found
