"""One entity on both sides: where it may differ, and what of that is true.

    checksums of all rows ─▶ buckets that differ ─▶ rows that differ ─▶ looked at again ─▶ named

What differs at first may only be in motion: the read model was asked later than legacy. A row is
called different only when it still is although the read model has come past a moment at which
legacy had the row as it has it now.
"""

import asyncio
from collections.abc import Iterable, Sequence

import asyncpg

from contracts.feed.mapping import Untranslatable
from new_services.verify.rows.entity import Entity, EntityReport
from new_services.verify.rows.naming import Difference, Kind, name
from new_services.verify.rows.rowwise import row_by_row
from new_services.verify.sides import Bench, Sides, now

MOST = 10_000  # differing rows that are looked into; beyond it they are only counted
BUCKETS_AT_ONCE = 64
KEYS_AT_ONCE = 1000
ROUNDS = 40  # a row that changes faster than that stays unsettled


async def compare(entity: Entity, bench: Bench, report: EntityReport, *, deep: bool) -> None:
    """Fill the report. `deep`: every row through the projection's own conversions, in Python."""
    if deep:
        candidates = await row_by_row(entity, bench.still, report, MOST)
    else:
        candidates = await _by_checksum(entity, bench.still, report)
    for start in range(0, len(candidates), KEYS_AT_ONCE):
        await _settle(entity, bench, candidates[start : start + KEYS_AT_ONCE], report)
    await _find_doubles(entity, bench.live.store, report)


async def _by_checksum(entity: Entity, still: Sides, report: EntityReport) -> list[str]:
    """Keys of rows whose hashes differ, or that one side has not."""
    legacy, here = await still.both(entity.legacy.checksums, entity.here.checksums)
    theirs = {row["bucket"]: (row["rows"], row["checksum"]) for row in legacy}
    ours = {row["bucket"]: (row["rows"], row["checksum"]) for row in here}
    report.legacy_rows = sum(rows for rows, _ in theirs.values())
    report.rows = sum(rows for rows, _ in ours.values())
    differing = sorted(
        bucket for bucket in theirs.keys() | ours.keys() if theirs.get(bucket) != ours.get(bucket)
    )
    keys: list[str] = []
    while differing and len(keys) < MOST:
        group, differing = differing[:BUCKETS_AT_ONCE], differing[BUCKETS_AT_ONCE:]
        legacy, here = await still.both(entity.legacy.hashes, entity.here.hashes, group)
        pairs = {(row["key"], row["hash"]) for row in legacy} ^ {
            (row["key"], row["hash"]) for row in here
        }
        keys += sorted({key for key, _ in pairs})
    report.not_looked_into = len(differing)
    return keys


async def _settle(entity: Entity, bench: Bench, keys: Sequence[str], report: EntityReport) -> None:
    """Look again, past a moment at which legacy was seen, until each row is equal or surely not."""
    remaining = list(keys)
    for attempt in range(ROUNDS):
        seen, here = await _observe(entity, bench, remaining)
        moving = []
        for key in remaining:
            states = {_version(rows.get(key)): rows.get(key) for rows in seen}
            verdicts = [_judge(entity, key, state, here.get(key)) for state in states.values()]
            if None in verdicts:
                report.in_motion += 1
            elif len(states) == 1 and verdicts[0] is not None:
                report.differences.append(verdicts[0])
            else:
                moving.append(key)
        remaining = moving
        if not remaining:
            return
        await asyncio.sleep(0.001 * attempt)
    report.unsettled += remaining


Rows = dict[str, asyncpg.Record]


async def _observe(entity: Entity, bench: Bench, keys: Sequence[str]) -> tuple[list[Rows], Rows]:
    """Legacy's rows as they were from a moment on, and the read model's from after that moment.

    If none of the states that legacy had meanwhile is the read model's, and there was only one,
    then the two differ.
    """
    legacy, single = bench.live.legacy, entity.legacy.single
    seen = [_by_key(await legacy.fetch(single, keys))]
    moment = await now(legacy)
    while not await bench.freshness.reached(moment):
        seen.append(_by_key(await legacy.fetch(single, keys)))
    here = _by_key(await bench.live.store.fetch(entity.here.single, keys))
    seen.append(_by_key(await legacy.fetch(single, keys)))
    return seen, here


def _by_key(rows: Iterable[asyncpg.Record]) -> Rows:
    return {row["key"]: row for row in rows}


def _version(row: asyncpg.Record | None) -> str | None:
    return None if row is None else row["version"]


def _judge(
    entity: Entity, key: str, legacy: asyncpg.Record | None, here: asyncpg.Record | None
) -> Difference | None:
    """The difference, or None where there is none."""
    tombstone = here is not None and here["tombstone"]
    held = None if here is None or tombstone else entity.held(here)
    try:
        expected = None if legacy is None else entity.expected(legacy)
    except Untranslatable as error:
        return Difference(Kind.UNTRANSLATABLE, key, detail=str(error))
    if expected == held:
        return None
    return name(key, expected, held, tombstone=tombstone)


async def _find_doubles(entity: Entity, store: asyncpg.Connection, report: EntityReport) -> None:
    """Rows too many that are another row under a second key."""
    for place, found in enumerate(report.differences):
        if found.kind is Kind.LEFT_OVER and (same := await _same(entity, store, found.key)):
            report.differences[place] = Difference(
                Kind.DOUBLED, found.key, detail=f"the same as {same}"
            )


async def _same(entity: Entity, store: asyncpg.Connection, key: str) -> str | None:
    kept = entity.store
    own = entity.mapping.key
    fields = [each for each in kept.fields(entity.mapping) if each.column != own]
    if len(fields) < 2:  # too little to call two rows the same
        return None
    body = f"ROW({', '.join(kept.canonical(each) for each in fields)})::text"
    present = f"FROM {kept.relation} WHERE {kept.present}"
    same: str | None = await store.fetchval(
        f"SELECT key FROM (SELECT {kept.key} AS key, {body} AS body {present}) AS other"
        f" WHERE key <> $1 AND body = (SELECT {body} {present} AND {kept.key} = $1) LIMIT 1",
        key,
    )
    return same
