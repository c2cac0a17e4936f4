"""How long each record is kept, and what decides by it: one rule for each table of a service.

A record that decides about another one must be kept at least as long. So each rule says why its
time is long enough, and a test compares the list with the tables that exist.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from chassis.database import DatabaseAway
from chassis.process.service import Background

log = logging.getLogger("retention")

DAY = 24 * 3600.0
EVERY_SECONDS = 600.0
AT_ONCE = 2000  # rows, so that no lock is held for long


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of one table. `keep` is a text; `forget`, where chassis runs it, is SQL that removes
    up to $2 rows that are older than $1 = `seconds` by the database's clock."""

    table: str
    keep: str
    why: str
    seconds: float = 0.0
    forget: str = ""


# Of the tables that chassis creates, in any service.
OUTBOX = Rule("outbox", "1 h after it was sent", "the stream and every inbox know an event again")
INBOX = Rule("inbox", "14 days", "longer than the stream keeps events (7 days): none comes twice")
POSITION = Rule("reader_position", "for ever", "a row a reader: where it goes on")
LOG_AGE = Rule(
    "log_age",
    "40 days",
    "only says how old a position in legacy's log is, for the tombstones",
    40 * DAY,
    "DELETE FROM log_age WHERE at IN (SELECT at FROM log_age"
    " WHERE at < clock_timestamp() - make_interval(secs => $1) LIMIT $2)",
)
MIRROR_FLOOR = Rule("mirror_floor", "for ever", "a row an entity: nothing older exists")

# Run by the migration of each service with tombstones.
SCHEMA_1 = """
CREATE TABLE log_age (at timestamptz PRIMARY KEY, lsn bigint NOT NULL);
COMMENT ON TABLE log_age IS 'how far legacy''s log was told at that time';
"""
TOMBSTONE_DAYS = 8  # longer than any stream keeps a message that could bring a row back


def tombstones(table: str, gone: str) -> Rule:
    """Of a table that keeps rows which legacy has deleted; `gone` is the column that says so."""
    return Rule(
        table,
        f"as legacy has it; a row that is gone there, {TOMBSTONE_DAYS} days",
        "an older change that comes late must not bring it back; no stream keeps one for so long",
        TOMBSTONE_DAYS * DAY,
        f"DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {gone}"
        " AND lsn < (SELECT max(lsn) FROM log_age"
        "            WHERE at < clock_timestamp() - make_interval(secs => $1)) LIMIT $2))",
    )


def log_age(tables: Sequence[str]) -> str:
    """Notes once a day how far these tables have followed the log."""
    newest = " UNION ALL ".join(f"SELECT max(lsn) AS lsn FROM {table}" for table in tables)
    return f"""
    INSERT INTO log_age (at, lsn)
    SELECT clock_timestamp(), coalesce(max(lsn), 0) FROM ({newest}) AS told
    WHERE NOT EXISTS (SELECT FROM log_age WHERE at > clock_timestamp() - interval '1 day')
    HAVING max(lsn) IS NOT NULL
    """


async def clean(pool: asyncpg.Pool, rules: Sequence[Rule], note: str = "") -> None:
    """Until nothing is left that is too old; `note` is run first."""
    if note:
        await pool.execute(note)
    for rule in rules:
        if rule.forget:
            while not (await pool.execute(rule.forget, rule.seconds, AT_ONCE)).endswith(" 0"):
                pass


async def run(pool: asyncpg.Pool, rules: Sequence[Rule], note: str = "") -> None:
    """For ever; what fails is tried again the next time."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            await clean(pool, rules, note)
        except (*DatabaseAway, asyncpg.PostgresError, TimeoutError) as error:
            # Also a deadlock: another instance cleans at the same time.
            log.warning("not cleaned: %s", f"{type(error).__name__}: {error}")


def forgetting(pool: asyncpg.Pool, rules: Sequence[Rule], note: str) -> Background:
    """The cleaning as a process's background work."""
    return lambda: run(pool, rules, note)
