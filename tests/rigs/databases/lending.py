"""Databases of services, lent to one test after the other."""

import secrets
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

from migrations import runner
from tests.rigs.databases.restoring import keep, restore
from tests.rigs.processes.engines import PostgresServer

Fill = Callable[[str, str], None]
_LAST_SECONDS = 5
_END = f"""
SELECT pg_terminate_backend(pid, {_LAST_SECONDS * 1000}) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def create(server: PostgresServer, prefix: str) -> str:
    """The URL of an empty database, owned by a role of the same name."""
    made, password = f"{prefix}_{secrets.token_hex(4)}", secrets.token_hex(8)
    name = sql.Identifier(made)
    with psycopg.connect(server.url(), autocommit=True) as connection:
        role = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        connection.execute(role.format(name, sql.Literal(password)))
        connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(name))
    return server.url(made, made, password)


class Lender:
    """Lends a database to one test at a time, and brings it back to what it held at first."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._free: defaultdict[str, list[str]] = defaultdict(list)

    def take(self, service: str, fill: Fill = runner.upgrade) -> str:
        """The URL of a database as `fill(service, url)` leaves it."""
        if self._free[service]:
            return self._free[service].pop()
        url = create(self._server, service)
        fill(service, url)
        with self._connected(url) as connection:
            keep(connection)
        return url

    def give_back(self, service: str, url: str) -> None:
        """Once nothing more is asked of it; one whose tables were changed is lent to nobody."""
        with self._connected(url) as connection:
            connection.execute(_END)  # what the test's connections had begun is over
            if restore(connection):
                self._free[service].append(url)

    def _connected(self, url: str) -> psycopg.Connection[Any]:
        """To this database, as the server's owner: only he may write past its triggers."""
        return psycopg.connect(self._server.url(url.rsplit("/", 1)[1]), autocommit=True)
