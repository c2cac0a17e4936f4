"""Databases for the monolith's tests: an empty one, one with the schema, one with a small shop."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from migrations import runner

_numbers = itertools.count(1)
Copy = Callable[[str], str]


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
