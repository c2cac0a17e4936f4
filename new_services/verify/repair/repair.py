"""Differences -> what to write, and writing it: in one transaction per service, journalled.

A row is written only while it still stands as it was planned; one that changed meanwhile is left
alone, for the next verification to judge. What is derived of the rows (documents, sums) is made
again by the service's own code in the same transaction, and the live projection waits meanwhile.
The way back is the same with `before` and `after` exchanged.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import asyncpg

from chassis.readmodel import deriving
from new_services.verify.repair.journal import Entry, Journal
from new_services.verify.repair.owned import owned
from new_services.verify.repair.plan import Mend, Plan, plan_entity
from new_services.verify.rows.entity import Entity
from new_services.verify.rows.stores import Row, Store
from new_services.verify.services import Service, service
from new_services.verify.settings import VerifySettings
from new_services.verify.sides import Bench, bench, connect
from new_services.verify.verification import Report


@dataclass(slots=True)
class Outcome:
    """What a repair did in one service."""

    service: str
    id: str
    mended: list[Mend] = field(default_factory=list)
    left_alone: list[Mend] = field(default_factory=list)  # changed since they were planned
    made_anew: list[str] = field(default_factory=list)  # what is derived


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
            reader = service(name).reader
            async with bench(name, reader, settings.monolith, url) as at:
                await _plan_service(service(name), at, report, found)
        plans.append(found)
    return plans


async def _plan_service(holder: Service, at: Bench, report: Report, found: Plan) -> None:
    mappings = {each.entity: each for each in holder.mappings}
    ours = await owned(at.live.store)
    for each in report.entities:
        if each.service == holder.name and (each.differences or each.not_looked_into):
            if each.entity in ours:
                domain = ours[each.entity]
                found.refused.append(
                    f"{each.entity}: {holder.name} owns {domain}; legacy is its replica"
                )
                continue
            mapping = mappings[each.entity]
            entity = await Entity.of(mapping, holder.store(mapping), at.live.legacy)
            await plan_entity(holder, entity, at.live, each, found)
    for law in report.laws:
        if law.database == holder.name and law.breaches and law.derives:
            found.derive.setdefault(law.derives, []).extend(one.key for one in law.breaches)
    stores = {name: holder.store(each) for name, each in mappings.items()}
    rows = await _derived_of(at.live.store, stores, found.mends, found.derive)
    found.made_anew = await holder.function("concerned")(at.live.store, rows)


async def apply(settings: VerifySettings, found: Plan, journal: Journal) -> Outcome:
    """Write the plan of one service. Raises what asyncpg raises; then nothing was written."""
    entry = journal.begin(found)

    def written(done: Outcome) -> None:
        nonlocal entry
        mends, derived = tuple(done.mended), tuple(done.made_anew)
        entry = journal.settle(replace(entry, mends=mends, made_anew=derived), "written")

    outcome = await _write(settings, entry, written)
    journal.settle(entry, "applied")
    return outcome


async def undo(settings: VerifySettings, entry: Entry, journal: Journal) -> Outcome:
    """Put back the old rows, unless they were written since; what is derived follows."""
    back = tuple(replace(each, before=each.after, after=each.before) for each in entry.mends)
    outcome = await _write(settings, replace(entry, mends=back), lambda _: None)
    journal.settle(entry, "undone")
    return outcome


async def _write(
    settings: VerifySettings, entry: Entry, written: Callable[[Outcome], None]
) -> Outcome:
    """`written` is called before the commit, with the rows as they stand now."""
    holder, url = service(entry.service), settings.url(entry.service)
    assert url is not None
    outcome = Outcome(entry.service, entry.id)
    stores = {each.entity: holder.store(each) for each in holder.mappings}
    connection = await connect(url)
    try:
        async with connection.transaction():
            await deriving.lock(connection)
            ours = await owned(connection)
            for mend in entry.mends:
                done = None
                if mend.entity not in ours:
                    done = await _write_row(connection, stores[mend.entity], mend)
                if done is not None:
                    outcome.mended.append(done)
                else:
                    outcome.left_alone.append(mend)
            rows = await _derived_of(connection, stores, outcome.mended, entry.derive)
            outcome.made_anew = await holder.function("concerned")(connection, rows)
            await holder.function("derive")(connection, rows)
            written(outcome)
    finally:
        await connection.close(timeout=2)
    return outcome


async def _derived_of(
    connection: asyncpg.Connection,
    stores: Mapping[str, Store],
    mends: Sequence[Mend],
    derive: Mapping[str, Sequence[str]],
) -> dict[str, list[Row]]:
    """The rows of which something is derived: by entity, mended ones as they were and are."""
    rows: dict[str, list[Row]] = {}
    for mend in mends:
        both = (row for row in (mend.before, mend.after) if row is not None)
        rows.setdefault(mend.entity, []).extend(both)
    for entity, keys in derive.items():
        rows.setdefault(entity, []).extend(await _present(connection, stores[entity], keys))
    return rows


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
