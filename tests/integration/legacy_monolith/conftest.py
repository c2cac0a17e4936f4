"""Databases for the monolith's tests: an empty one, one with the schema, one with a small shop."""

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql

from legacy_monolith.app import create_app
from legacy_monolith.database import EXTENSION
from legacy_monolith.seed.people import PASSWORD
from legacy_monolith.seed.store import seed
from legacy_monolith.settings import Settings
from migrations import runner
from tests.rigs.shop.clock import StoppedClock

_numbers = itertools.count(1)
Copy = Callable[[str], str]
Rows = Callable[..., list[tuple[Any, ...]]]


def _admin(server: Any, statement: sql.Composed) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture
def database(make_database: Callable[[str], str]) -> str:
    """URL of an empty database for this test alone."""
    return make_database("test")


@pytest.fixture(scope="session")
def legacy_template(postgres_server: Any) -> str:
    """Name of a database with the monolith's schema and no row, to be copied."""
    _admin(postgres_server, sql.SQL("CREATE DATABASE legacy_template").format())
    runner.upgrade("legacy", postgres_server.url("legacy_template"))
    return "legacy_template"


@pytest.fixture
def copy_database(postgres_server: Any) -> Iterator[Copy]:
    """`copy_database(template) -> url`: a copy costs some 35 ms, and goes after the test."""
    made: list[str] = []

    def copy(template: str) -> str:
        made.append(f"legacy_copy_{next(_numbers)}")
        names = (sql.Identifier(made[-1]), sql.Identifier(template))
        _admin(postgres_server, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        return str(postgres_server.url(made[-1]))

    yield copy
    for name in made:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        _admin(postgres_server, drop)


@pytest.fixture
def legacy_database(copy_database: Copy, legacy_template: str) -> str:
    """URL of a database with the monolith's schema and no row."""
    return copy_database(legacy_template)


@pytest.fixture(scope="session")
def seeded_template(postgres_server: Any, legacy_template: str) -> str:
    """Name of a database with the whole seeded shop, to be copied."""
    names = (sql.Identifier("legacy_seeded"), sql.Identifier(legacy_template))
    _admin(postgres_server, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
    limit = "ALTER DATABASE legacy_seeded SET idle_in_transaction_session_timeout = '1ms'"
    _admin(postgres_server, sql.SQL(limit).format())  # as on a machine that has no time for us
    assert seed(postgres_server.url("legacy_seeded"), 1, lambda _: None)
    return "legacy_seeded"


@pytest.fixture
def shop_url(copy_database: Copy, seeded_template: str) -> str:
    """URL of this test's own copy of the seeded shop."""
    return copy_database(seeded_template)


@pytest.fixture(scope="session")
def reading_shop(postgres_server: Any, seeded_template: str) -> str:
    """URL of one copy for all tests that only look."""
    names = (sql.Identifier("legacy_reading"), sql.Identifier(seeded_template))
    _admin(postgres_server, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
    return str(postgres_server.url("legacy_reading"))


@pytest.fixture
def clock() -> StoppedClock:
    """The shop's time, which the test may set."""
    return StoppedClock(datetime.fromisoformat("2026-07-14T15:09:26"))


@pytest.fixture
def app(shop_url: str, clock: StoppedClock) -> Iterator[Flask]:
    """The monolith over its own copy of the shop."""
    made = create_app(Settings(database_url=shop_url, secret_key="k" * 32, threads=10), clock)
    yield made
    made.extensions[EXTENSION].dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody at a browser or phone, not logged in."""
    return app.test_client()


@pytest.fixture
def kunde(app: Flask) -> FlaskClient:
    """kunde001, logged in by the API."""
    someone = app.test_client()
    credentials = {"email": "kunde001@example.org", "password": PASSWORD}
    assert someone.post("/api/login", json=credentials).get_json()["ok"] == "Y"
    return someone


@pytest.fixture
def rows(shop_url: str) -> Iterator[Rows]:
    """`rows(statement, *values)` asks the database itself, past the monolith."""
    with psycopg.connect(shop_url, autocommit=True) as connection:
        yield lambda statement, *values: connection.execute(
            statement.encode(), values or None
        ).fetchall()
