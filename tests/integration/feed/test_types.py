"""Each type of PostgreSQL: a value that is read, and the same one in the log, are one text."""

import orjson
import psycopg
import pytest

from contracts.feed.change import Op

pytestmark = pytest.mark.integration

# Values as SQL; the first one of each stands beside a NULL.
TYPES = {
    "bool": ["true", "false"],
    "int2": ["-32768", "7"],
    "int4": ["2147483647"],
    "int8": ["-9223372036854775808"],
    "float4": ["1.1", "'NaN'", "'-Infinity'", "1e-30"],
    "float8": ["0.1::float8 + 0.2", "'Infinity'", "1e300"],
    "numeric": ["'12345678901234567890.123456789'", "'NaN'", "1.00", "'Infinity'"],
    "numeric(6, 2)": ["1.5", "-0.01"],
    "money": ["1234.5::numeric::money"],
    "text": ["'ü \U0001f3d5 \\'", "''", "E'a\\nb'"],
    "varchar(10)": ["'abc '"],
    "char(5)": ["'ab'", "''"],
    '"char"': ["'x'"],
    "name": ["'a_name'"],
    "bytea": ["'\\x00ff10'", "''"],
    "date": ["'2026-02-28'", "'0044-03-15 BC'", "'infinity'"],
    "time": ["'12:34:56.789'", "'24:00'"],
    "timetz": ["'12:34:56+05:30'"],
    "timestamp": ["'2026-02-28 12:34:56.789'", "'-infinity'", "'0044-03-15 12:00 BC'"],
    "timestamptz": ["'2026-07-01 12:34:56.789+05:30'", "'infinity'"],
    "interval": ["'1 year 2 months -3 days 04:05:06.7'", "'0'"],
    "uuid": ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
    "json": ["'{\"a\":  [1, null]}'"],
    "jsonb": ['\'{"b": 1.0, "a": "ü"}\''],
    "jsonpath": ["'$.a[*] ? (@ > 1)'"],
    "inet": ["'10.0.0.1'", "'10.0.0.1/8'", "'::1'"],
    "cidr": ["'10.0.0.0/8'"],
    "macaddr": ["'08:00:2b:01:02:03'"],
    "macaddr8": ["'08:00:2b:01:02:03:04:05'"],
    "bit(3)": ["B'101'"],
    "varbit": ["B'1011'"],
    "point": ["'(1.5,2)'"],
    "line": ["'{1,2,3}'"],
    "lseg": ["'[(1,2),(3,4)]'"],
    "box": ["'(3,4),(1,2)'"],
    "path": ["'[(1,2),(3,4)]'"],
    "polygon": ["'((1,2),(3,4),(5,6))'"],
    "circle": ["'<(1,2),3>'"],
    "tsvector": ["'a:1 fat:2'"],
    "tsquery": ["'fat & rat'"],
    "int4range": ["'[1,5)'", "'empty'"],
    "int4multirange": ["'{[1,5),[7,9)}'"],
    "numrange": ["'(1.5,)'"],
    "daterange": ["'[2026-01-01,2026-02-01)'"],
    "tstzrange": ["'[2026-01-01 00:00+05:30,)'"],
    "oid": ["4294967295"],
    "regclass": ["'pg_class'", "'public.stock'"],
    "regtype": ["'public.mood'"],
    "pg_lsn": ["'16/B374D848'"],
    "xid8": ["'123'"],
    "txid_snapshot": ["'10:20:10,14'"],
    "int4[]": ["'{1,NULL,3}'", "'{}'", "'{{1,2},{3,4}}'"],
    "text[]": ["ARRAY['a,b', '', 'NULL', NULL]"],
    "bool[]": ["'{t,f}'"],
    "char(3)[]": ["ARRAY['a', 'bcd']"],
    "timestamptz[]": ["ARRAY['2026-07-01 12:00+05:30'::timestamptz]"],
    "mood": ["'sad'", "'quite happy'"],
    "mood[]": ["'{sad}'"],
    "positive": ["5"],
    "yes": ["true"],
    "padded": ["'ab'"],
    "stamped": ["'2026-07-01 12:00'"],
    "feeling": ["'sad'"],
    "labels": ["ARRAY['a']"],
    "pair": ["ROW(1, 'a b')::pair", "ROW(NULL, NULL)::pair"],
    "checked_pair": ["ROW(1, 'x')::pair"],
    "pair[]": ["ARRAY[ROW(1, 'a')::pair]"],
}
GROUND = """
CREATE TYPE mood AS ENUM ('sad', 'quite happy');
CREATE TYPE pair AS (number int, label text);
CREATE DOMAIN positive AS int CHECK (value > 0);
CREATE DOMAIN yes AS bool;
CREATE DOMAIN padded AS char(5);
CREATE DOMAIN stamped AS timestamp;
CREATE DOMAIN feeling AS mood;
CREATE DOMAIN labels AS text[];
CREATE DOMAIN checked_pair AS pair;
"""
# What a DBA may have set for a role, and what a text looks like with it.
HABITS = {
    "datestyle": "SQL, DMY",
    "timezone": "Asia/Kolkata",
    "bytea_output": "escape",
    "intervalstyle": "iso_8601",
    "extra_float_digits": "-5",
}


@pytest.mark.timeout(90)
async def test_what_is_read_and_what_is_logged_are_one_text(
    legacy, make_feed, read_stream, ready, everything, as_logged, subtests
):
    legacy.execute(GROUND)
    columns = {f"c{number}": kind for number, kind in enumerate(TYPES)}
    made = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    legacy.execute(
        f"CREATE TABLE typed (id int PRIMARY KEY, {made}, doubled int GENERATED ALWAYS AS (id * 2)"
        " STORED, halved int GENERATED ALWAYS AS (id / 2) VIRTUAL)"
    )
    role = psycopg.conninfo.conninfo_to_dict(legacy.feed)["user"]
    with psycopg.connect(legacy.feed, autocommit=True) as connection:
        for name, value in HABITS.items():
            connection.execute(f"ALTER ROLE {role} SET {name} = '{value}'")
    rows = max(len(values) for values in TYPES.values()) + 1
    for row in range(rows):
        values = [
            f"({values[row]})::{kind}" if row < len(values) else "NULL"
            for kind, values in TYPES.items()
        ]
        names = ", ".join(columns)
        legacy.execute(f"INSERT INTO typed (id, {names}) VALUES ({row}, {', '.join(values)})")
    feed = make_feed(legacy, FEED_TABLES='["stock", "typed"]').start()
    await ready(feed)
    legacy.execute("UPDATE typed SET id = id")
    changes = [c for c in await everything(legacy, read_stream) if c.table == "typed"]
    read = {c.key["id"]: c.after for c in changes if c.op is Op.SNAPSHOT}
    logged = {c.key["id"]: c.after for c in changes if c.op is Op.UPDATE}
    expected = as_logged(legacy, "typed", "id")
    assert len(read) == len(logged) == rows
    for name, kind in columns.items():
        with subtests.test(kind):
            for row in range(rows):
                assert read[row][name] == logged[row][name], f"row {row}"
                value, text = logged[row][name], expected[str(row)][name]
                if isinstance(value, bool):
                    value = "t" if value else "f"
                assert text == (None if value is None else str(value)), f"row {row}"
    with subtests.test("generated columns are left out of both"):
        assert all(set(row) == {"id", *columns} for row in (*read.values(), *logged.values()))
    with subtests.test("both tell the same kinds"):
        shapes = [orjson.dumps(c.after) for c in changes if c.op is Op.SHAPE]
        assert len(set(shapes)) == 1
        kinds = orjson.loads(shapes[0])
        found = {kind: kinds[name] for name, kind in columns.items()}
        assert (found["positive"], found["yes"], found["stamped"]) == (
            "integer",
            "boolean",
            "timestamp",
        )
        assert found["bytea"] == "bytea"
