"""Roles and databases on a real server."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from fig.stack.engines import databases
from new_services.anticorruption.calls import Limits

pytestmark = pytest.mark.integration
PROJECT = Path(__file__).parents[3]


@pytest.fixture
def names(postgres_server):
    """An owner with its database, and a reader of its log; both are dropped again."""
    owner, reader = f"owner_{secrets.token_hex(4)}", f"reader_{secrets.token_hex(4)}"
    yield owner, reader
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        database = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        connection.execute(database.format(sql.Identifier(owner)))
        for role in (owner, reader):
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def _run(server, owner: str, reader: str, password: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "fig.stack.engines.databases"],
        env={
            "PATH": os.environ["PATH"],
            "DATABASES_SUPERUSER_URL": server.url(),
            "DATABASES_OWNERS": server.url(owner, owner, password),
            "DATABASES_REPLICATORS": server.url(owner, reader, password),
        },
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )


def test_they_are_made_once_and_passwords_are_set_again(postgres_server, names):
    owner, reader = names
    first = _run(postgres_server, owner, reader, "one")
    with psycopg.connect(postgres_server.url(owner, owner, "one"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")

    second = _run(postgres_server, owner, reader, "two")

    assert (first.returncode, first.stdout) == (0, f"there: {owner}\n"), first.stderr
    assert second.returncode == 0, second.stderr
    with psycopg.connect(postgres_server.url(owner, owner, "two")) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(postgres_server.url(owner, owner, "one"))


def test_rights_are_no_wider_than_needed(postgres_server, names):
    owner, reader = names
    assert _run(postgres_server, owner, reader, "one").returncode == 0
    with psycopg.connect(postgres_server.url(owner)) as connection:
        query = "SELECT rolreplication, rolsuper, rolcreatedb FROM pg_roles WHERE rolname = %s"
        assert connection.execute(query, [owner]).fetchone() == (False, False, False)
        assert connection.execute(query, [reader]).fetchone() == (True, False, False)
        anybody = "SELECT has_database_privilege('pg_monitor', %s, 'CONNECT')"
        assert connection.execute(anybody, [owner]).fetchone() == (False,)
        found = connection.execute(
            "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = %s",
            [owner],
        )
        assert found.fetchone() == ("UTF8", "C.UTF-8")


def test_a_server_that_refuses_is_an_error_in_one_line(postgres_server, names):
    server = postgres_server
    ended = subprocess.run(
        [sys.executable, "-m", "fig.stack.engines.databases"],
        env={
            "DATABASES_SUPERUSER_URL": server.url("postgres", "postgres", "wrong"),
            "DATABASES_OWNERS": "",
        },
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "`make clean-data` forgets both" in ended.stderr


def test_a_bounded_role_waits_for_no_lock_for_long_also_in_sessions_from_before(
    postgres_server, names
):
    owner, reader = names
    assert _run(postgres_server, owner, reader, "one").returncode == 0
    url = postgres_server.url(owner, owner, "one")
    before = psycopg.connect(url, autocommit=True)
    before.execute("CREATE TABLE stock (n int)")
    with psycopg.connect(postgres_server.url(), autocommit=True) as superuser:
        databases.bound(superuser, owner)
        databases.bound(superuser, owner)  # a second time ends nobody
    with pytest.raises(psycopg.OperationalError):
        before.execute("SELECT 1")
    with psycopg.connect(url, autocommit=True) as holder, psycopg.connect(url) as waiter:
        for name, value in databases.BOUNDS.items():
            assert waiter.execute(f"SHOW {name}").fetchone() == (value,)
        with holder.transaction():
            holder.execute("LOCK TABLE stock")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                waiter.execute("SELECT * FROM stock")


def test_the_bounds_end_before_absence_is_believed():
    seconds = {name: float(value.removesuffix("s")) for name, value in databases.BOUNDS.items()}
    assert max(seconds.values()) < Limits().settle
