"""Databases that tests use one after the other: what a test wrote is undone.

A copy by CREATE DATABASE is three hundred files, and takes 0.1 s of processor time. To write all
rows of a few small tables again takes a hundredth of it.
"""

from typing import Any

import psycopg

# Rows of a catalogue that no test changes unless it changes a table.
_SHAPE = """
SELECT md5(string_agg(format('%s %s %s %s %s', attrelid::regclass, attname, atttypid, attnotnull,
    pg_get_expr(adbin, adrelid)), ' ' ORDER BY attrelid::regclass::text, attnum))
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace::regnamespace::text !~ '^(pg_|information_schema|kept)' AND attnum > 0
"""
_TABLES = """
SELECT format('%I.%I', nspname, relname) AS live,
    format('kept.%I', nspname || '.' || relname) AS kept,
    (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
     WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '')
        AS names
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND nspname !~ '^(pg_|information_schema|kept)'
"""
_KEEP = f"""
CREATE SCHEMA kept;
DO $do$ DECLARE one record; BEGIN
    FOR one IN {_TABLES} LOOP
        EXECUTE format('CREATE TABLE %s AS SELECT %s FROM %s', one.kept, one.names, one.live);
    END LOOP;
END $do$;
CREATE TABLE kept." sequences" AS SELECT format('%I.%I', schemaname, sequencename) AS name,
    coalesce(last_value, start_value) AS value, last_value IS NOT NULL AS called FROM pg_sequences;
CREATE TABLE kept." shape" AS {_SHAPE};
"""
_RESTORE = f"""
SET LOCAL session_replication_role = replica;
DO $do$ DECLARE one record; BEGIN
    FOR one IN {_TABLES} LOOP
        EXECUTE format('DELETE FROM %1$s; INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE'
            ' SELECT %2$s FROM %3$s', one.live, one.names, one.kept);
    END LOOP;
END $do$;
SELECT setval(name, value, called) FROM kept." sequences";
"""


def keep(connection: psycopg.Connection[Any]) -> None:
    """Keep what the database holds, in tables of its own, for `restore`."""
    connection.execute(_KEEP)  # type: ignore[arg-type]


def restore(connection: psycopg.Connection[Any]) -> bool:
    """The database holds what was kept; False where a test has changed its tables, too."""
    with connection.transaction():
        same = f'SELECT ({_SHAPE}) = (SELECT * FROM kept." shape")'
        row = connection.execute(same).fetchone()  # type: ignore[arg-type]
        if row is None or not row[0]:
            return False
        connection.execute(_RESTORE)  # type: ignore[arg-type]
        return True
