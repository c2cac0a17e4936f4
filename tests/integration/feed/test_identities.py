"""The columns that distinguish rows: what is refused before it is published, and what is fed."""

import orjson
import psycopg
import pytest
from psycopg import sql

pytestmark = pytest.mark.integration

# Table, how it is made, what the feed says of it, and whether PostgreSQL would refuse an UPDATE.
REFUSED = [
    ("no_key", "CREATE TABLE no_key (id int, v int)", "no primary key"),
    (
        "nothing",
        "CREATE TABLE nothing (id int PRIMARY KEY, v int);"
        "ALTER TABLE nothing REPLICA IDENTITY NOTHING",
        "REPLICA IDENTITY NOTHING",
    ),
    ("later", "CREATE TABLE later (id int PRIMARY KEY DEFERRABLE, v int)", "DEFERRABLE"),
    (
        "at_the_end",
        "CREATE TABLE at_the_end (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, v int)",
        "DEFERRABLE",
    ),
    (
        "full_no_key",
        "CREATE TABLE full_no_key (id int, v int); ALTER TABLE full_no_key REPLICA IDENTITY FULL",
        "no primary key",
    ),
    (
        "full_later",
        "CREATE TABLE full_later (id int PRIMARY KEY DEFERRABLE, v int);"
        "ALTER TABLE full_later REPLICA IDENTITY FULL",
        "DEFERRABLE",
    ),
    (
        "lost_index",
        "CREATE TABLE lost_index (id int PRIMARY KEY, v int NOT NULL);"
        "CREATE UNIQUE INDEX lost_index_v ON lost_index (v);"
        "ALTER TABLE lost_index REPLICA IDENTITY USING INDEX lost_index_v;"
        "DROP INDEX lost_index_v",
        "is gone",
    ),
    (
        "other_index",
        "CREATE TABLE other_index (id int PRIMARY KEY, v int NOT NULL);"
        "CREATE UNIQUE INDEX other_index_v ON other_index (v);"
        "ALTER TABLE other_index REPLICA IDENTITY USING INDEX other_index_v",
        "another index",
    ),
    (
        "computed",
        "CREATE TABLE computed (v int, id int GENERATED ALWAYS AS (v * 2) STORED PRIMARY KEY)",
        "generated column id",
    ),
    ("quick", "CREATE UNLOGGED TABLE quick (id int PRIMARY KEY, v int)", "not logged"),
    ("seen", "CREATE VIEW seen AS SELECT id, v FROM nothing", "a view"),
    ("kept", "CREATE MATERIALIZED VIEW kept AS SELECT 1 AS id, 2 AS v", "a materialized view"),
    (
        "parent",
        "CREATE TABLE parent (id int PRIMARY KEY, v int); CREATE TABLE child () INHERITS (parent)",
        "inherit",
    ),
    ("watermark", "CREATE TABLE watermark (id int PRIMARY KEY, v int)", "no name"),
    ("a.b", 'CREATE TABLE "a.b" (id int PRIMARY KEY, v int)', "no name"),
    (
        "secured",
        "CREATE TABLE secured (id int PRIMARY KEY, v int);"
        "ALTER TABLE secured ENABLE ROW LEVEL SECURITY",
        "row level security",
    ),
    (
        "part_nothing",
        "CREATE TABLE part_nothing (id int PRIMARY KEY, v int) PARTITION BY RANGE (id);"
        "CREATE TABLE part_nothing_1 PARTITION OF part_nothing FOR VALUES FROM (0) TO (100);"
        "ALTER TABLE part_nothing_1 REPLICA IDENTITY NOTHING",
        "part_nothing_1 has REPLICA IDENTITY NOTHING",
    ),
    ("nowhere", "SELECT 1", "no table public.nowhere"),
]


def writable(legacy, table: str) -> bool:
    """Whether the application can write to it as before."""
    name = sql.Identifier(table)
    with psycopg.connect(legacy.owner) as connection:
        connection.execute(sql.SQL("UPDATE {} SET v = v").format(name))
        connection.execute(sql.SQL("DELETE FROM {}").format(name))
        connection.rollback()
    return True


async def test_what_cannot_be_fed_is_refused_before_it_is_published(
    legacy, make_feed, eventually, subtests
):
    for table, made, _ in REFUSED:
        legacy.execute(made)
        if table not in ("nowhere", "seen", "kept"):
            column = "v" if table == "computed" else "id, v"
            values = "1" if table == "computed" else "1, 1"
            legacy.execute(f'INSERT INTO "{table}" ({column}) VALUES ({values})')
    names = ["stock", *(table for table, _, _ in REFUSED)]
    feed = make_feed(legacy, FEED_TABLES=orjson.dumps(names).decode()).start()

    async def named() -> bool:
        return "NotPublished" in feed.readiness()[1]

    await eventually("readyz says why", named)
    reason = orjson.loads(feed.readiness()[1])["reason"]
    with psycopg.connect(legacy.owner) as connection:
        (publications,) = connection.execute("SELECT count(*) FROM pg_publication").fetchone()
    assert publications == 0
    for table, _, words in REFUSED:
        with subtests.test(table):
            said = [each for each in reason.split("; ") if table in each]
            assert any(words in each for each in said), reason
            assert all(": " in each for each in said), "says what to do"
            if table not in ("nowhere", "seen", "kept"):
                assert writable(legacy, table)
    with subtests.test("the others are not blamed"):
        assert "stock" not in reason


# Table, its key, how it is made, and the key that belongs to the number n.
FED = [
    ("plain", "id", "id int PRIMARY KEY, v text", "{n}"),
    ("pair", "a,b", "a int, b text, v text, PRIMARY KEY (b, a)", "{n}, 'b{n}'"),
    ("flagged", "a,b", "b bool, a int, v text, PRIMARY KEY (a, b)", "{n}, {n} > 3"),
    ("included", "id", "id int, v text, w int, PRIMARY KEY (id) INCLUDE (w)", "{n}"),
    ("uid", "id", "id uuid PRIMARY KEY, v text", "md5('{n}')::uuid"),
    ("address", "id", "id inet PRIMARY KEY, v text", "'10.0.0.{n}'"),
    ("amount", "id", "id numeric PRIMARY KEY, v text", "{n}.50"),
    ("moment", "id", "id timestamptz PRIMARY KEY, v text", "'2026-01-{n}'::timestamptz"),
    ("padded", "id", "id char(5) PRIMARY KEY, v text", "'{n}'"),
    ("raw", "id", "id bytea PRIMARY KEY, v text", "'{n}'"),
    ("listed", "id", "id int[] PRIMARY KEY, v text", "ARRAY[{n}, 1]"),
    ("mooded", "id", "id mood PRIMARY KEY, v text", "('m' || {n})::mood"),
    ("domained", "id", "id positive PRIMARY KEY, v text", "{n}"),
    ("long_key", "id", "id text PRIMARY KEY, v text", "repeat('{n}-', 10) || random_text(2000)"),
    ("Quoted", "Id", '"Id" int PRIMARY KEY, v text', "{n}"),
]
IDENTITIES = {"default": "", "full": 'ALTER TABLE "{table}" REPLICA IDENTITY FULL'}
HASHED = "PARTITION OF parts_full FOR VALUES WITH (MODULUS 2, REMAINDER"
SPECIAL = [
    (
        "indexed",
        "sku",
        "CREATE TABLE indexed (sku text NOT NULL, v text);"
        "CREATE UNIQUE INDEX indexed_sku ON indexed (sku);"
        "ALTER TABLE indexed REPLICA IDENTITY USING INDEX indexed_sku",
        "'{n}'",
    ),
    (
        "wider",
        "id",
        "CREATE TABLE wider (id int PRIMARY KEY, v text, w int NOT NULL DEFAULT 1);"
        "CREATE UNIQUE INDEX wider_all ON wider (w, id);"
        "ALTER TABLE wider REPLICA IDENTITY USING INDEX wider_all",
        "{n}",
    ),
    (
        "parts",
        "id",
        "CREATE TABLE parts (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);"
        "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (3);"
        "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (3) TO (200)",
        "{n}",
    ),
    (
        "parts_full",
        "id",
        "CREATE TABLE parts_full (id int PRIMARY KEY, v text) PARTITION BY HASH (id);"
        f"CREATE TABLE parts_full_1 {HASHED} 0); CREATE TABLE parts_full_2 {HASHED} 1);"
        "ALTER TABLE parts_full REPLICA IDENTITY FULL;"
        "ALTER TABLE parts_full_2 REPLICA IDENTITY FULL",
        "{n}",
    ),
]
GROUND = """
CREATE TYPE mood AS ENUM ('m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm10');
CREATE DOMAIN positive AS int CHECK (value > 0);
CREATE FUNCTION random_text(n int) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(chr(97 + (hashint4(i) & 15)), '') FROM generate_series(1, n) i $$;
"""


def cases():
    """Table, key, statements that make it, expression of a key."""
    for table, key, columns, value in FED:
        for identity, more in IDENTITIES.items():
            name = f"{table}_{identity}"
            made = f'CREATE TABLE "{name}" ({columns});' + more.format(table=name)
            yield name, key, made, value
    yield from SPECIAL


def changes_of(table: str, key: str, value: str):
    """What happens to the table while the feed runs."""
    columns = ", ".join(f'"{part}"' for part in key.split(","))

    def of(number: int) -> str:
        return f"({columns}) = ({value.format(n=number)})"

    yield insert(table, key, value, 6)
    # Large values stay, and the log does not repeat them: at the same key, then at another one.
    yield f'UPDATE "{table}" SET ({columns}) = ROW({columns})'
    yield f'UPDATE "{table}" SET ({columns}) = ROW({value.format(n=7)}) WHERE {of(2)}'
    yield f'UPDATE "{table}" SET v = v || 1 WHERE {of(4)}'
    yield f'DELETE FROM "{table}" WHERE {of(10)}'


def insert(table: str, key: str, value: str, number: int) -> str:
    """A row with a large value."""
    columns = ", ".join(f'"{part}"' for part in key.split(","))
    values = f"{value.format(n=number)}, random_text(9000) || {number}"
    return f'INSERT INTO "{table}" ({columns}, v) VALUES ({values})'


@pytest.mark.timeout(120)
async def test_rows_are_distinguished_by_their_key(
    legacy, make_feed, read_stream, replay, ready, everything, as_logged, as_text, subtests
):
    legacy.execute(GROUND)
    fed = list(cases())
    for table, key, made, value in fed:
        legacy.execute(made)
        legacy.execute(f'ALTER TABLE "{table}" ALTER v SET STORAGE EXTERNAL')
        for number in (1, 2, 3, 4, 5, 10):
            legacy.execute(insert(table, key, value, number))
    names = orjson.dumps(["stock", *(table for table, *_ in fed)]).decode()
    feed = make_feed(legacy, FEED_TABLES=names, FEED_CHUNK_ROWS="2").start()
    await ready(feed)
    for table, key, _, value in fed:
        for statement in changes_of(table, key, value):
            legacy.execute(statement)
    changes = await everything(legacy, read_stream)
    for table, key, *_ in fed:
        with subtests.test(table):
            published = [change for change in changes if change.table == table and change.key]
            assert {frozenset(change.key) for change in published} == {frozenset(key.split(","))}
            expected = as_logged(legacy, table, key)
            assert len(expected) == 6
            assert {frozenset(row.items()) for row in as_text(replay(changes, table)).values()} == {
                frozenset(row.items()) for row in expected.values()
            }
