"""Every row of both sides side by side, sorted by key, through the projection's own conversions."""

from collections.abc import AsyncIterator

import asyncpg

from contracts.feed.mapping import Untranslatable
from new_services.verify.rows.entity import Entity, EntityReport
from new_services.verify.sides import Sides

ROWS_AT_ONCE = 2000


async def row_by_row(entity: Entity, still: Sides, report: EntityReport, most: int) -> list[str]:
    """Keys of rows that differ, at most about `most`; fills the numbers of rows in the report."""
    differing: list[str] = []
    theirs = _sorted(still.legacy, entity.legacy.listed)
    ours = _sorted(still.store, entity.here.listed)
    legacy, here = await anext(theirs, None), await anext(ours, None)
    while legacy is not None or here is not None:
        if here is None or (legacy is not None and legacy["key"] < here["key"]):
            assert legacy is not None
            key, same = legacy["key"], not _belongs(entity, legacy)
            report.legacy_rows += not same
            legacy = await anext(theirs, None)
        elif legacy is None or here["key"] < legacy["key"]:
            key, same = here["key"], False
            report.rows += 1
            here = await anext(ours, None)
        else:
            key, same = here["key"], _agree(entity, legacy, here)
            report.legacy_rows += 1
            report.rows += 1
            legacy, here = await anext(theirs, None), await anext(ours, None)
        if not same:
            differing.append(key)
            report.not_looked_into += len(differing) > most
    return differing[:most]


async def _sorted(connection: asyncpg.Connection, listed: str) -> AsyncIterator[asyncpg.Record]:
    """C collation: the order in which Python compares texts."""
    statement = f'SELECT * FROM ({listed}) AS side ORDER BY key COLLATE "C"'
    async for row in connection.cursor(statement, prefetch=ROWS_AT_ONCE):
        yield row


def _belongs(entity: Entity, legacy: asyncpg.Record) -> bool:
    try:
        return entity.expected(legacy) is not None
    except Untranslatable:
        return True


def _agree(entity: Entity, legacy: asyncpg.Record, here: asyncpg.Record) -> bool:
    try:
        return entity.expected(legacy) == entity.held(here)
    except Untranslatable:
        return False
