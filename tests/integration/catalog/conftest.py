"""A legacy database with goods, a feed of it, and catalogs that project the feed."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql

from migrations import runner


@dataclass
class Legacy:
    """The legacy database: URLs of its owner and of the feed's role."""

    owner: str
    feed: str

    def execute(self, statement: str, *values: object) -> None:
        """One statement in a transaction of its own."""
        with psycopg.connect(self.owner, autocommit=True) as connection:
            connection.execute(statement, values or None)


@pytest.fixture
def legacy(postgres_server, make_database: Callable[[str], str]) -> Iterator[Legacy]:
    """The monolith's schema, without a row."""
    owner = make_database("legacy")
    runner.upgrade("legacy", owner)
    role, password = f"feed_{secrets.token_hex(4)}", secrets.token_hex(8)
    create = sql.SQL("CREATE ROLE {} LOGIN REPLICATION PASSWORD {}")
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        connection.execute(create.format(sql.Identifier(role), sql.Literal(password)))
    yield Legacy(owner, postgres_server.url(owner.rsplit("/", 1)[1], role, password))
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("DROP OWNED BY CURRENT_USER CASCADE")
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


GOODS = """
INSERT INTO category VALUES ('shoes', 'Schuhe', NULL, 2), ('tents', 'Zelte', NULL, 1),
    ('boots', 'Stiefel', 'shoes', 3);
INSERT INTO product (sku, name, descr, cat_code, price, disc_pct, colour, tags, discontinued,
        weight_g, img, created, updated) VALUES
    ('P-1', 'Ämpel 100% dry', 'Ein_Zelt', 'tents', '129.95', '15', 'green', 'hiking, dry,,sale',
        'N', 1250, 'a.svg', '2020-01-01 10:00:00', '2020-01-02 10:00:00'),
    ('P-2', 'boot', 'Über alle Berge', 'boots', '49', '', 'red', '', 'N', NULL, '',
        '2021-01-01 10:00:00', '2021-01-02 10:00:00'),
    ('P-3', 'Boot old', 'gone', 'boots', '20.00', NULL, '', 'sale', 'Y', 90, '',
        '2019-01-01 10:00:00', '2021-01-02 10:00:00');
INSERT INTO variant (product_id, sku, color, size, price_diff, active) VALUES
    (1, 'P-1-L', 'green', 'L', '10.00', 'Y'), (1, 'P-1-0', 'green', 'M', '0.00', 'Y'),
    (1, 'P-1-X', 'green', 'X', '0.00', 'N'), (2, 'P-2-0', 'red', '', '0', 'Y'),
    (3, 'P-3-0', '', '', '0.00', 'Y');
INSERT INTO stock (sku, qty) VALUES ('P-1-L', 1), ('P-1-0', 2), ('P-1-X', 50), ('P-2-0', 0),
    ('P-3-0', 0);
"""


@pytest.fixture
def goods(legacy: Legacy) -> Legacy:
    """The legacy database with three products."""
    legacy.execute(GOODS)
    return legacy


@pytest.fixture
def feed(legacy: Legacy, nats_server, make_process: Callable):
    """The feed of the legacy database, started."""
    return make_process(
        "new_services.feed",
        "FEED",
        FEED_LEGACY_URL=legacy.feed,
        FEED_OWNER_URL=legacy.owner,
        FEED_NATS_URL=nats_server.url,
        FEED_SLOT="fig_" + legacy.owner.rsplit("/", 1)[1],
    ).start()


@pytest.fixture
def catalog_database(make_database: Callable[[str], str]) -> str:
    """The catalog's database, migrated and empty."""
    url = make_database("catalog")
    runner.upgrade("catalog", url)
    return url


@pytest.fixture
def make_catalog(nats_server, catalog_database: str, make_process: Callable) -> Callable:
    """Catalogs on the same database; keyword arguments are more of their environment."""

    def make(**settings: str):
        environment = {
            "CATALOG_DATABASE_URL": catalog_database,
            "CATALOG_NATS_URL": nats_server.url,
        }
        program = "loadtests.faults" if "CATALOG_FAULT" in settings else "new_services.catalog"
        return make_process(program, "CATALOG", **(environment | settings)).start()

    return make
