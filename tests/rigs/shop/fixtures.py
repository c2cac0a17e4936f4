"""Fixtures of tests that share a shop by their file: a conftest imports those it uses."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from joserfc.jwk import OKPKey
from psycopg import sql

from legacy_monolith.passwords import hashed
from migrations import runner
from tests.rigs.databases.lending import create
from tests.rigs.processes.engines import NatsServer
from tests.rigs.processes.ports import free_port
from tests.rigs.shop.sides import PASSWORD, SHOP, Gunicorn


@pytest.fixture(scope="module")
def new_database(postgres_server: Any) -> Callable[[str], str]:
    """Makes databases on the server that goes with the session."""

    return lambda prefix: create(postgres_server, prefix)


@pytest.fixture(scope="module")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """A server of this module's own."""
    folder = tmp_path_factory.mktemp("nats")
    server = NatsServer(folder, free_port(), free_port())
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def legacy_urls(postgres_server: Any, new_database: Callable[[str], str]) -> tuple[str, str]:
    """URLs of the monolith's database, as its owner and as the feed's role."""
    owner = new_database("legacy")
    runner.upgrade("legacy", owner)
    role, password = f"feed_{secrets.token_hex(4)}", secrets.token_hex(8)
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        create = sql.SQL("CREATE ROLE {} LOGIN REPLICATION PASSWORD {}")
        connection.execute(create.format(sql.Identifier(role), sql.Literal(password)))
    with psycopg.connect(owner) as connection:
        connection.execute(SHOP)
        for name in ("anna", "ben"):
            connection.execute(
                "INSERT INTO customer (email, name, pw_hash, street, zip, city)"
                " VALUES (%s, 'Anna Huber', %s, 'Gasse 1', '6020', 'Innsbruck')",
                [f"{name}@example.com", hashed(PASSWORD)],
            )
    return owner, postgres_server.url(owner.rsplit("/", 1)[1], role, password)


@pytest.fixture(scope="module")
def monolith(legacy_urls: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    """Started."""
    listen = f"127.0.0.1:{free_port()}"
    environment = {
        "LEGACY_DATABASE_URL": legacy_urls[0],
        "LEGACY_SECRET_KEY": secrets.token_hex(16),
        "LEGACY_LISTEN": listen,
    }
    log = tmp_path_factory.mktemp("legacy") / "log"
    made = Gunicorn(environment, log, f"http://{listen}")
    try:
        made.start()
        yield made
    finally:
        made.kill()


@pytest.fixture(scope="module")
def keys() -> dict[str, OKPKey]:
    """The facade's: with one it signs, with the other it seals."""
    return {
        "signing": OKPKey.generate_key("Ed25519", auto_kid=True),
        "sealing": OKPKey.generate_key("X25519", auto_kid=True),
    }
