"""A legacy database and the read models of five services, filled without feed and broker."""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import psycopg
import pytest
from psycopg.types.json import Jsonb

from contracts.feed.facts import Cleared, Stored
from migrations import runner
from new_services.accounts import projections as accounts
from new_services.catalog import projections as catalog
from new_services.inventory import projections as inventory
from new_services.orders import projections as orders
from new_services.sales import projections as sales
from new_services.verify.rows.relations import column_types
from new_services.verify.services import SERVICES, Service
from new_services.verify.settings import VerifySettings
from new_services.verify.verification import Report, verify
from tests.rigs.databases.connections import Connections
from tests.rigs.databases.restoring import keep, restore

SHOP = """
INSERT INTO category VALUES ('shoes', 'Schuhe', NULL, 2), ('tents', 'Zelte', NULL, 1),
    ('boots', 'Stiefel', 'shoes', 3);
INSERT INTO product (sku, name, descr, cat_code, price, disc_pct, tags, weight_g, updated) VALUES
    ('P-1', 'Ämpel 100% dry', 'Ein_Zelt', 'tents', '129.95', '15', 'hiking, dry,,sale', 1250,
        '2026-01-02 10:00:00'),
    ('P-2', 'boot', 'Über alle Berge', 'boots', '49', '', '', NULL, '2026-01-02 10:00:00'),
    ('P-3', 'Boot old', 'a long description', 'boots', '20.00', NULL, 'sale', 90,
        '2026-01-02 10:00:00');
INSERT INTO variant (product_id, sku, color, size, price_diff, active) VALUES
    (1, 'P-1-L', 'green', 'L', '10.00', 'Y'), (1, 'P-1-0', 'green', 'M', '0.00', 'Y'),
    (2, 'P-2-0', 'red', '', '0', 'Y'), (3, 'P-3-0', '', '', '0.00', 'N');
INSERT INTO stock (sku, qty, updated) VALUES ('P-1-L', 1, '2026-01-02 10:00:00'),
    ('P-1-0', 2, '2026-01-02 10:00:00'), ('P-2-0', 7, '2026-01-02 10:00:00'),
    ('P-3-0', 0, '2026-01-02 10:00:00');
INSERT INTO stock_movement (sku, qty_change, reason, order_no) VALUES
    ('P-1-L', 1, 'INIT', NULL), ('P-1-0', 5, 'INIT', NULL), ('P-2-0', 8, 'INIT', NULL),
    ('P-1-0', -3, 'SALE', 'SO-1'), ('P-2-0', -1, 'SALE', 'SO-2');
INSERT INTO customer (email, name, pw_hash) VALUES ('ann@example.org', 'Ann', 'x');
INSERT INTO orders (order_no, customer_id, total, po_number, pay_method, updated) VALUES
    ('SO-1', 1, '331.38', NULL, 'card', '2026-01-02 10:00:00'),
    ('SO-2', 1, '49.00', 'PO 17', 'invoice', '2026-01-02 10:00:00');
INSERT INTO order_line (order_id, line_no, sku, name, qty, price) VALUES
    (1, 1, 'P-1-0', 'Ämpel', 3, '110.46'), (2, 1, 'P-2-0', 'boot', 1, '49.00');
INSERT INTO payment (order_id, amount, method, status) VALUES
    (1, '331.38', 'card', 'CAPTURED'), (2, '49.00', 'invoice', 'AUTH');
"""

APPLY: dict[str, Callable[[], Callable[..., Any]]] = {
    "accounts": lambda: accounts.apply,
    "catalog": lambda: catalog.apply,
    "inventory": lambda: inventory.apply,
    "orders": lambda: orders.Projection().apply,
    "sales": lambda: sales.apply,
}
VERSION = (100, 0)


@dataclass
class Shop:
    """Both sides. `execute` is one statement, committed, in a database by its name."""

    urls: dict[str, str]
    connections: Connections

    def execute(self, database: str, statement: str, *values: object) -> None:
        self.connections.to(self.urls[database]).execute(statement, values or None)

    def one(self, database: str, statement: str) -> Any:
        """The first value of the first row."""
        return self.connections.to(self.urls[database]).execute(statement).fetchone()[0]

    def restored(self) -> bool:
        """Both sides hold what they did at first; False where they cannot be brought to it."""
        return all(restore(self.connections.to(url)) for url in self.urls.values())

    @property
    def settings(self) -> VerifySettings:
        urls = {f"{name}_url": url for name, url in self.urls.items()}
        return VerifySettings(**urls, patience=0.2)

    def fresh(self, seconds: float = 3600.0) -> None:
        """The read models say that they are this many seconds ahead of now."""
        micros = int((time.time() + seconds) * 1e6)
        for service in SERVICES:
            self.execute(service.name, "UPDATE reader_position SET watermark = %s", micros)


async def project(service: Service, legacy_url: str, url: str) -> None:
    """Every legacy row as one snapshot, through the service's own projection."""
    legacy, store = await asyncpg.connect(legacy_url), await asyncpg.connect(url)
    facts: list[Any] = []
    for mapping in service.mappings:
        types = await column_types(legacy, mapping)
        columns = ", ".join(
            f'"{name}"' if kind in ("integer", "bigint") else f'"{name}"::text AS "{name}"'
            for name, kind in types.items()
        )
        for row in await legacy.fetch(f"SELECT {columns} FROM {mapping.table}"):
            fields = mapping.translate(dict(row))
            facts.append(Stored(mapping.entity, row[mapping.key], fields, VERSION))
        facts.append(Cleared(mapping.entity, VERSION))
    async with store.transaction():
        await APPLY[service.name]()(store, facts)
        await store.execute(
            "INSERT INTO reader_position (name, stream, sequence) VALUES ($1, 'test', 1)",
            service.reader,
        )
    await legacy.close()
    await store.close()


@pytest.fixture(scope="session")
def both_sides(postgres_server) -> Iterator[Callable[..., dict[str, str]]]:
    """Copies of databases that hold the same: name to URL, by a superuser; payments if named."""
    made: list[str] = []

    def database(name: str, template: str | None = None) -> str:
        made.append(f"{name}_{secrets.token_hex(4)}")
        copied = f" TEMPLATE {template}" if template else ""
        with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {made[-1]}{copied}")
        return made[-1]

    templates = {"legacy": database("legacy")}
    legacy = postgres_server.url(templates["legacy"])
    runner.upgrade("legacy", legacy)
    with psycopg.connect(legacy, autocommit=True) as connection:
        connection.execute(SHOP)
        keep(connection)
    for service in SERVICES:
        templates[service.name] = database(service.name)
        url = postgres_server.url(templates[service.name])
        runner.upgrade(service.name, url)
        asyncio.run(project(service, legacy, url))
        with psycopg.connect(url, autocommit=True) as connection:
            keep(connection)
    templates["payments"] = database("payments")
    runner.upgrade("payments", postgres_server.url(templates["payments"]))
    with psycopg.connect(postgres_server.url(templates["payments"]), autocommit=True) as connection:
        keep(connection)
    copied = {name for name in templates if name != "payments"}

    def copies(*more: str) -> dict[str, str]:
        return {
            name: postgres_server.url(database(name, template))
            for name, template in templates.items()
            if name in copied or name in more
        }

    yield copies
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def make_shop(both_sides: Callable[..., dict[str, str]]) -> Iterator[Callable[..., Shop]]:
    """`make_shop("payments")`: both sides hold the same."""
    connections = Connections()

    def make(*more: str) -> Shop:
        found = Shop(both_sides(*more), connections)
        found.fresh()
        return found

    yield make
    connections.close()


@pytest.fixture(scope="session")
def restored_shops() -> list[Shop]:
    """Those that tests before have left, as they were at first."""
    return []


@pytest.fixture
def shop(make_shop: Callable[..., Shop], restored_shops: list[Shop]) -> Iterator[Shop]:
    """Both sides hold the same."""
    made = restored_shops.pop() if restored_shops else make_shop()
    made.fresh()
    yield made
    if made.restored():
        restored_shops.append(made)


@pytest.fixture(scope="module")
def ledgers(make_shop: Callable[..., Shop]) -> Shop:
    """One set of databases for all tests of a file: copies are dear."""
    return make_shop("payments")


def captured(shop: Shop, saga: str, order: Mapping[str, Any]) -> None:
    """The saga `saga` has placed this order, worth 208.46: its money is here and its goods sold."""
    wanted = {"lines": {line["sku"]: line["quantity"] for line in order["lines"]}}
    state = {"results": {"write": {"order": order}}, "reason": "", "request": {"wish": wanted}}
    shop.execute(
        "orders",
        "INSERT INTO saga (id, kind, phase, due, state, holder, lease_until, created, updated)"
        " VALUES (%s, 'place-order', 'done', 0, %s, '', 0, 0, 0)", saga, Jsonb(state),
    )  # fmt: skip
    shop.execute("payments", "INSERT INTO payment (id, method, amount, status)"
                 " VALUES (%s, 'invoice', 208.46, 'captured')", saga)  # fmt: skip
    shop.execute("payments", "INSERT INTO provider.account (reference, captured, closed)"
                 " VALUES (%s, 208.46, true)", saga)  # fmt: skip
    shop.execute("inventory", "INSERT INTO claim (saga_id, status) VALUES (%s, 'sold')", saga)


def checked(shop: Shop, only: tuple[str, ...] = ("books",), **settings: Any) -> Report:
    """What `fig verify` finds."""
    given = shop.settings.model_copy(update=settings)
    return asyncio.run(verify(given, lambda text: None, only=only))


def broken(found: Report) -> dict[str, list[str]]:
    """The keys that break each law."""
    return {law.name: [each.key for each in law.breaches] for law in found.laws if law.breaches}
