"""DDL while the feed runs: it is carried, or the feed stops and says so; the monolith writes on."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
import psycopg
import pytest

pytestmark = pytest.mark.integration


@dataclass(frozen=True)
class Case:
    """A table `{t}` with three rows, and what is done to it while the feed runs."""

    name: str
    ddl: Sequence[str]  # one transaction each
    made: str = "CREATE TABLE {t} (id int PRIMARY KEY, v text, w numeric(10, 2))"
    rows: str = "INSERT INTO {t} SELECT n, 'v' || n, n FROM generate_series(1, 3) n"
    key: str = "id"


PARTS = (
    "CREATE TABLE {t} (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);"
    "CREATE TABLE {t}_1 PARTITION OF {t} FOR VALUES FROM (0) TO (3);"
    "CREATE TABLE {t}_2 PARTITION OF {t} FOR VALUES FROM (3) TO (9);"
    "CREATE TABLE {t}_3 (id int PRIMARY KEY, v text)"
)
PART_ROWS = (
    "INSERT INTO {t} SELECT n, 'v' || n FROM generate_series(1, 5) n;"
    "INSERT INTO {t}_3 VALUES (20, 'before')"
)

# The feed goes on: rows that the log does not speak of are read again.
CARRIED = [
    Case("add_column", ["ALTER TABLE {t} ADD x int"]),
    Case("add_default", ["ALTER TABLE {t} ADD x int DEFAULT 7"]),
    Case("add_volatile", ["ALTER TABLE {t} ADD x uuid DEFAULT gen_random_uuid()"]),
    Case("add_serial", ["ALTER TABLE {t} ADD x serial"]),
    Case("add_generated", ["ALTER TABLE {t} ADD x int GENERATED ALWAYS AS (id * 2) STORED"]),
    Case("drop_column", ["ALTER TABLE {t} DROP v"]),
    Case("rename_column", ["ALTER TABLE {t} RENAME v TO x"]),
    Case("swap_columns", ["ALTER TABLE {t} ADD x text DEFAULT 'x'",
                          "ALTER TABLE {t} RENAME v TO y; ALTER TABLE {t} RENAME x TO v;"
                          "ALTER TABLE {t} RENAME y TO x"]),
    Case("make_again", ["ALTER TABLE {t} DROP v, ADD v text DEFAULT 'new'"]),
    Case("other_type", ["ALTER TABLE {t} ALTER w TYPE int"]),
    Case("same_kind", ["ALTER TABLE {t} ALTER v TYPE text USING upper(v)"]),
    Case("other_scale", ["ALTER TABLE {t} ALTER w TYPE numeric(12, 4)"]),
    Case("wider_key", ["ALTER TABLE {t} ALTER id TYPE bigint"]),
    Case("set_not_null", ["ALTER TABLE {t} ALTER v SET NOT NULL"]),
    Case("add_index", ["CREATE UNIQUE INDEX ON {t} (v)"]),
    Case("set_storage", ["ALTER TABLE {t} ALTER v SET STORAGE EXTERNAL"]),
    Case("vacuum_full", ["VACUUM FULL {t}"]),
    Case("full_identity", ["ALTER TABLE {t} REPLICA IDENTITY FULL"]),
    Case("renamed_label", ["ALTER TYPE {t}_mood RENAME VALUE 'sad' TO 'blue'"],
         "CREATE TYPE {t}_mood AS ENUM ('sad', 'glad');"
         "CREATE TABLE {t} (id int PRIMARY KEY, v {t}_mood)",
         "INSERT INTO {t} VALUES (1, 'sad'), (2, 'glad')"),
    Case("new_label", ["ALTER TYPE {t}_mood ADD VALUE 'so so'",
                       "INSERT INTO {t} VALUES (3, 'so so')"],
         "CREATE TYPE {t}_mood AS ENUM ('sad'); CREATE TABLE {t} (id int PRIMARY KEY, v {t}_mood)",
         "INSERT INTO {t} VALUES (1, 'sad')"),
    Case("new_domain", ["ALTER DOMAIN {t}_word ADD CHECK (value <> '')"],
         "CREATE DOMAIN {t}_word AS text; CREATE TABLE {t} (id int PRIMARY KEY, v {t}_word)",
         "INSERT INTO {t} VALUES (1, 'a')"),
    Case("truncate", ["TRUNCATE {t}", "INSERT INTO {t} VALUES (9, 'nine')"]),
    Case("truncate_two", ["TRUNCATE {t} CASCADE"],
         "CREATE TABLE {t} (id int PRIMARY KEY, v text);"
         "CREATE TABLE {t}_child (id int REFERENCES {t})",
         "INSERT INTO {t} VALUES (1, 'a'); INSERT INTO {t}_child VALUES (1)"),
    Case("new_partition", ["CREATE TABLE {t}_4 PARTITION OF {t} FOR VALUES FROM (30) TO (40)",
                           "INSERT INTO {t} VALUES (31, 'x')",
                           "UPDATE {t} SET id = 32 WHERE id = 1"], PARTS, PART_ROWS),
    Case("attached", ["ALTER TABLE {t} ATTACH PARTITION {t}_3 FOR VALUES FROM (20) TO (30)"],
         PARTS, PART_ROWS),
    Case("detached", ["ALTER TABLE {t} DETACH PARTITION {t}_2"], PARTS, PART_ROWS),
    Case("dropped_partition", ["DROP TABLE {t}_1"], PARTS, PART_ROWS),
    Case("truncated_partition", ["TRUNCATE {t}_1"], PARTS, PART_ROWS),
]  # fmt: skip

# The feed reads every table again: what the log says of this one belongs to another table or key.
STARTS_OVER = [
    Case("rename_key", ["ALTER TABLE {t} RENAME id TO number"], key="number"),
    Case("change_key", ["ALTER TABLE {t} DROP CONSTRAINT {t}_pkey, ADD PRIMARY KEY (v)"], key="v"),
    Case("full_change_key", ["ALTER TABLE {t} REPLICA IDENTITY FULL",
                             "ALTER TABLE {t} DROP CONSTRAINT {t}_pkey, ADD PRIMARY KEY (v)"],
         key="v"),
    Case("widen_key", ["ALTER TABLE {t} DROP CONSTRAINT {t}_pkey, ADD PRIMARY KEY (id, v)"],
         key="id,v"),
    Case("recreate", ["DROP TABLE {t}; CREATE TABLE {t} (id int PRIMARY KEY, v text);"
                      "INSERT INTO {t} VALUES (7, 'new')"]),
    Case("swap_tables", ["CREATE TABLE {t}_new (id int PRIMARY KEY, v text);"
                         "INSERT INTO {t}_new VALUES (8, 'swapped')",
                         "ALTER TABLE {t} RENAME TO {t}_old; ALTER TABLE {t}_new RENAME TO {t}",
                         "UPDATE {t}_old SET v = 'nobody hears'"]),
    Case("unpublished", ["ALTER PUBLICATION fig_feed DROP TABLE {t}",
                         "UPDATE {t} SET v = 'unheard'"]),
    Case("filtered", ["ALTER PUBLICATION fig_feed SET TABLE stock, {t} WHERE (id > 2)",
                      "UPDATE {t} SET w = 5"]),
    Case("no_updates", ["ALTER PUBLICATION fig_feed SET (publish = 'insert')",
                        "UPDATE {t} SET v = 'unheard'"]),
]  # fmt: skip


@dataclass(frozen=True)
class Stop(Case):
    """A case in which the feed waits for a person; `mend` is what they do."""

    said: str = ""
    mend: str = ""
    writes: str = "UPDATE {t} SET v = v || '!'"


STOPS = [
    Stop("nothing", ["ALTER TABLE {t} REPLICA IDENTITY NOTHING"], said="REPLICA IDENTITY NOTHING",
         mend="ALTER TABLE {t} REPLICA IDENTITY DEFAULT"),
    Stop("drop_key", ["ALTER TABLE {t} DROP CONSTRAINT {t}_pkey"], said="no primary key",
         mend="ALTER TABLE {t} ADD PRIMARY KEY (id)"),
    Stop("postponed",
         ["ALTER TABLE {t} DROP CONSTRAINT {t}_pkey, ADD PRIMARY KEY (id) DEFERRABLE"],
         said="DEFERRABLE",
         mend="ALTER TABLE {t} DROP CONSTRAINT {t}_pkey, ADD PRIMARY KEY (id)"),
    Stop("drop_index", ["DROP INDEX {t}_i"],
         "CREATE TABLE {t} (id int NOT NULL, v text); CREATE UNIQUE INDEX {t}_i ON {t} (id);"
         "ALTER TABLE {t} REPLICA IDENTITY USING INDEX {t}_i",
         "INSERT INTO {t} VALUES (1, 'a')", said="is gone",
         mend="ALTER TABLE {t} ADD PRIMARY KEY (id), REPLICA IDENTITY DEFAULT"),
    Stop("bad_partition", ["ALTER TABLE {t}_3 REPLICA IDENTITY NOTHING;"
                           "ALTER TABLE {t} ATTACH PARTITION {t}_3 FOR VALUES FROM (20) TO (30)"],
         PARTS, PART_ROWS, said="bad_partition_3 has REPLICA IDENTITY NOTHING",
         mend="ALTER TABLE {t}_3 REPLICA IDENTITY DEFAULT"),
    Stop("renamed", ["ALTER TABLE {t} RENAME TO {t}_elsewhere"], said="no table public.renamed",
         mend="ALTER TABLE {t}_elsewhere RENAME TO {t}",
         writes="UPDATE {t}_elsewhere SET v = v || '!'"),
    Stop("moved", ["CREATE SCHEMA archive; ALTER TABLE {t} SET SCHEMA archive"],
         said="no table public.moved", mend="ALTER TABLE archive.{t} SET SCHEMA public",
         writes="UPDATE archive.{t} SET v = v || '!'"),
    Stop("dropped", ["DROP TABLE {t}"], said="no table public.dropped",
         mend="CREATE TABLE {t} (id int PRIMARY KEY, v text); INSERT INTO {t} VALUES (1, 'back')",
         writes="SELECT 1"),
    Stop("inherited", ["CREATE TABLE {t}_child () INHERITS ({t})"], said="inherit",
         mend="DROP TABLE {t}_child"),
    Stop("secured", ["ALTER TABLE {t} ENABLE ROW LEVEL SECURITY"], said="row level security",
         mend="ALTER TABLE {t} DISABLE ROW LEVEL SECURITY"),
]  # fmt: skip


@pytest.fixture
def started(legacy, make_feed, ready):
    """Makes the tables of these cases, and a feed of them that streams."""

    async def start(cases: Sequence[Case]):
        for case in cases:
            legacy.execute(case.made.format(t=case.name))
            legacy.execute(case.rows.format(t=case.name))
        names = orjson.dumps(["stock", *(case.name for case in cases)]).decode()
        feed = make_feed(legacy, FEED_TABLES=names).start()
        await ready(feed)
        return feed

    return start


@pytest.fixture
def equal(legacy, read_stream, replay, as_logged, as_text):
    """Polls until what the stream says of a table is what legacy has; gives the difference."""

    async def compare(case: Case, seconds: float = 60.0) -> str:
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            expected = _without_generated(as_logged(legacy, case.name, case.key))
            found = as_text(_columns(replay(await read_stream(), case.name), expected))
            if found == expected:
                return ""
            if asyncio.get_running_loop().time() > deadline:
                return f"legacy has {expected}, the stream says {found}"
            await asyncio.sleep(0.2)

    return compare


def _without_generated(rows):
    for row in rows.values():
        if "x" in row and row.get("id") and row["x"] == str(int(row["id"]) * 2):
            del row["x"]
    return rows


def _columns(rows, expected):
    """Of replayed rows the columns that the table still has: those that are gone stay in a row."""
    names = next(iter(expected.values()), {})
    return {key: {name: row[name] for name in names if name in row} for key, row in rows.items()}


def run(legacy, case: Case, statements: Sequence[str]) -> None:
    for statement in statements:
        legacy.execute(statement.format(t=case.name))


@pytest.mark.timeout(300)
async def test_what_the_log_does_not_say_is_read_again(legacy, started, equal, subtests):
    feed = await started(CARRIED)
    for case in CARRIED:
        run(legacy, case, case.ddl)
    for case in CARRIED:
        with subtests.test(case.name):
            assert not await equal(case)
    assert feed.metric("fig_feed_restarts") == 0


@pytest.mark.timeout(400)
async def test_another_table_or_key_is_read_from_its_beginning(legacy, started, equal, subtests):
    feed = await started(STARTS_OVER)
    for case in STARTS_OVER:
        run(legacy, case, case.ddl)
        with subtests.test(case.name):
            assert not await equal(case)
            run(legacy, case, ["UPDATE {t} SET v = v || '!'"])
            assert not await equal(case)
    assert feed.process.poll() is None


@pytest.mark.timeout(500)
async def test_the_feed_stops_and_says_so_and_the_monolith_writes_on(
    legacy, started, equal, ready, eventually, subtests
):
    feed = await started(STOPS)
    for case in STOPS:
        with subtests.test(case.name):
            run(legacy, case, case.ddl)

            async def said(case: Stop = case) -> bool:
                status, body = feed.readiness()
                return status == 503 and case.said in body and case.name in body

            await eventually(f"readyz says {case.said!r}", said)

            async def writes(case: Stop = case) -> bool:
                try:
                    run(legacy, case, [case.writes])
                except psycopg.errors.ObjectNotInPrerequisiteState:
                    return False
                return True

            await eventually("the monolith can write", writes, 30.0)
            run(legacy, case, [case.mend])
            await ready(feed)
            assert not await equal(case)
    assert feed.process.poll() is None


async def test_while_the_feed_is_down_ddl_is_noticed_at_the_next_start(
    legacy, started, equal, ready, subtests
):
    cases = [Case("rewritten", ["ALTER TABLE {t} ALTER v TYPE text USING upper(v)"]),
             Case("rekeyed", ["ALTER TABLE {t} RENAME id TO number"], key="number")]  # fmt: skip
    feed = await started(cases)
    feed.kill()
    for case in cases:
        run(legacy, case, case.ddl)
        run(legacy, case, ["UPDATE {t} SET v = v || '!'"])
    feed.start()
    await ready(feed)
    for case in cases:
        with subtests.test(case.name):
            assert not await equal(case)


async def test_without_the_owner_readyz_says_what_hurts_the_monolith(
    legacy, make_feed, ready, eventually
):
    feed = make_feed(legacy).start()
    await ready(feed)
    feed.kill()
    legacy.execute("ALTER TABLE stock REPLICA IDENTITY NOTHING")
    del feed.environment["FEED_OWNER_URL"]
    feed.start()

    async def both_named() -> bool:
        body = feed.readiness()[1]
        return "refuses UPDATE and DELETE on stock" in body and "DROP TABLE stock" in body

    await eventually("readyz says what hurts", both_named)
    legacy.execute("ALTER TABLE stock REPLICA IDENTITY DEFAULT")
    await ready(feed)
