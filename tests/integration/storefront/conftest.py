"""Both sides over one seeded shop: the monolith in this process; and the storefront, the catalog
and the inventory, in this process too, over read models of the same rows."""

import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx2
import psycopg
import pytest
import pytest_asyncio
from fastapi import FastAPI
from flask import Flask
from joserfc.jwk import KeySet, OKPKey
from prometheus_client import CollectorRegistry

from chassis.readmodel.watermark import NoFeed, Watermark
from chassis.web import headers
from chassis.web.app import build_app
from chassis.web.client import Answer as ServiceAnswer
from chassis.web.client import Request
from chassis.web.identity import Verifier, issue
from facade.compare.answers import Answer, Pair
from facade.compare.rules import Rules, compile_rules
from facade.compare.verdict import Verdict, compare
from facade.routes.config.routefile import CompareRules
from legacy_monolith.app import create_app
from legacy_monolith.database import EXTENSION
from legacy_monolith.seed.people import PASSWORD
from legacy_monolith.seed.store import seed
from legacy_monolith.settings import Settings
from migrations import runner
from new_services.catalog import projections as catalog_projections
from new_services.catalog.endpoints import Endpoints as CatalogEndpoints
from new_services.inventory import projections as inventory_projections
from new_services.inventory.endpoints import Endpoints as InventoryEndpoints
from new_services.inventory.handlers import Handler as InventoryHandler
from new_services.orders import projections as orders_projections
from new_services.orders.endpoints import Endpoints as OrdersEndpoints
from new_services.orders.saga.no_record import NoRecord
from new_services.sales import projections as sales_projections
from new_services.sales.endpoints import Endpoints as SalesEndpoints
from new_services.storefront import errors, routing
from new_services.storefront.pages import PAGES
from new_services.storefront.parts import connect
from new_services.storefront.parts.part import Part
from tests.rigs.ownership.snapshots import Apply, asked, fill
from tests.rigs.shop.accounts import SessionsOfTheMonolith
from tests.rigs.shop.clock import StoppedClock

SIGNING = OKPKey.generate_key("Ed25519", auto_kid=True)
ADMIN, CUSTOMER = "admin@example.org", "kunde001@example.org"
ADMIN_PASSWORD = "admin-2016"  # as the README says
TODAY = date(2026, 7, 14)
# What a client acts on, beside what is compared when nothing is said.
HEADERS = (
    *("content-type", "location", "cache-control", "set-cookie", "vary", "allow"),
    "content-disposition",
)
# As ten years leave them.
ODDITIES = (
    "UPDATE category SET name = 'Zelte & \"Tarps\" <3' WHERE code = 'TENTS'",
    "INSERT INTO category VALUES ('ÜBER & <1>', 'Über 1', 'CAMPING', 99)",
    "INSERT INTO category VALUES ('EMPTY', 'Nothing in it', NULL, 98)",
    """UPDATE product SET disc_pct = NULL, name = 'Zelt <"1"> & 2', descr = '<b>&amp;</b>',
        tags = ' a b ,,<i>,50%' WHERE id = 7""",
    "UPDATE product SET price = '49.9', disc_pct = ' 15' WHERE id = 8",
    "UPDATE product SET price = '49', disc_pct = '0', colour = '', weight_g = NULL WHERE id = 9",
    "UPDATE variant SET color = '', size = '', price_diff = '-1.005' WHERE product_id = 9",
    "UPDATE customer SET name = 'O''Neill & <Söhne>' WHERE is_admin = 'Y'",
    # The monolith's report asks for each order by itself: fewer of them say the same.
    "DELETE FROM payment WHERE order_id % 16 <> 0",
    "DELETE FROM order_line WHERE order_id % 16 <> 0",
    "DELETE FROM orders WHERE id % 16 <> 0",
    # One customer has some pages of them.
    """UPDATE orders SET customer_id = c.id FROM customer c
        WHERE c.email = 'kunde001@example.org' AND orders.id % 64 = 0""",
    "UPDATE order_line SET price = '49.9' WHERE id = (SELECT max(id) FROM order_line)",
    "UPDATE order_line SET sku = 'GONE-1', name = 'a;\"b\"' WHERE id % 50 = 0",
    "UPDATE orders SET ship_name = 'A <b> & \"c\"', ship_city = '' WHERE id = 160",
    """INSERT INTO payment (order_id, amount, method, status)
        VALUES (320, '1.5', 'invoice', 'DECLINED')""",
)


READ_MODELS: dict[str, Apply] = {
    "catalog": catalog_projections.apply,
    "inventory": inventory_projections.apply,
    "orders": orders_projections.Projection().apply,
    "sales": sales_projections.apply,
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The storefront is built once for a module, and its pools belong to one loop."""
    for item in items:
        if Path(__file__).parent in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest.fixture(scope="session")
def filled(postgres_server: Any) -> dict[str, str]:
    """By service: a database with the shop, as legacy and the read models have it, to be copied."""
    names = {service: f"{service}_filled" for service in ("legacy", *READ_MODELS)}
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        for name in names.values():
            connection.execute(f"CREATE DATABASE {name}")
    legacy = str(postgres_server.url(names["legacy"]))
    runner.upgrade("legacy", legacy)
    seed(legacy, 1, lambda _: None)
    with psycopg.connect(legacy) as connection:
        for statement in ODDITIES:
            connection.execute(statement)
    for service, apply in READ_MODELS.items():
        fill(service, str(postgres_server.url(names[service])), legacy, apply)
    return names


@pytest.fixture(scope="module")
def new_database(postgres_server: Any) -> Iterator[Callable[..., str]]:
    """Makes a database for a service, empty or a copy of `template`; gives its URL."""
    made = []

    def make(service: str, template: str = "template1") -> str:
        name = f"{service}_for_pages"
        with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return str(postgres_server.url(name))

    yield make
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def legacy_url(new_database: Callable[..., str], filled: dict[str, str]) -> str:
    """The seeded shop."""
    return new_database("legacy", filled["legacy"])


@pytest.fixture(scope="module")
def legacy(legacy_url: str) -> Iterator[Flask]:
    """The monolith, on a day after its last order."""
    clock = StoppedClock(datetime.fromisoformat("2026-07-14T15:09:26"))
    made = create_app(Settings(database_url=legacy_url, secret_key="k" * 32, threads=4), clock)
    yield made
    made.extensions[EXTENSION].dispose()


@pytest.fixture(scope="module")
def databases(new_database: Callable[..., str], filled: dict[str, str]) -> dict[str, str]:
    """URLs of the read models, filled, by their services."""
    return {service: new_database(service, filled[service]) for service in READ_MODELS}


class InProcess:
    """In place of a ServiceClient: the service's application in this process."""

    def __init__(self, name: str, register: Callable[[FastAPI], None]) -> None:
        self.name = name
        self._client = asked(register, name)

    async def send(self, request: Request, _failed: object) -> ServiceAnswer:
        """See ServiceClient."""
        answer = await self._client.request(
            request.method,
            request.path,
            headers=dict(request.headers),
            content=request.body,
        )
        return ServiceAnswer(answer.status_code, dict(answer.headers), answer.content)


class Both:
    """Asks the same of both sides, and judges the pair as the facade does."""

    def __init__(self, legacy: Flask, new: httpx2.AsyncClient) -> None:
        self.legacy = legacy
        self.new = new
        self.rules: Rules = compile_rules(CompareRules("pages", headers=HEADERS))

    def values(self, statement: str) -> list[str]:
        """The first column of what legacy's database has."""
        with self.legacy.extensions[EXTENSION].connect() as connection:
            return [str(row[0]) for row in connection.exec_driver_sql(statement)]

    def value(self, statement: str) -> str:
        """The only one."""
        (found,) = self.values(statement)
        return found

    def session(self, email: str) -> str:
        """The cookie's value after a login at the monolith."""
        client = self.legacy.test_client()
        password = ADMIN_PASSWORD if email == ADMIN else PASSWORD
        assert client.post("/api/login", json={"email": email, "password": password}).is_json
        cookie = client.get_cookie("session")
        assert cookie is not None
        return cookie.value

    def person(self, email: str, more: str = "") -> dict[str, str]:
        """Headers of a customer's request as it comes from the facade; `more`: other cookies."""
        cookies = f"session={self.session(email)}" + (f"; {more}" if more else "")
        return {"Cookie": cookies, headers.IDENTITY: issue(SIGNING, email, "N", time.time())}

    async def ask(
        self, method: str, target: str, body: bytes = b"", **said: str
    ) -> tuple[Answer, Answer]:
        """Legacy's answer and the storefront's; header names with `_` for `-`."""
        sent = {name.replace("_", "-"): value for name, value in said.items()}
        client = self.legacy.test_client(use_cookies=False)
        url = f"http://shop{target}"
        theirs = client.open(url, method=method, headers=sent, data=body)
        self.new.cookies.clear()
        ours = await self.new.request(method, url, headers=sent, content=body)
        return (
            Answer(theirs.status_code, _headers(theirs.headers.items()), theirs.data),
            Answer(ours.status_code, _headers(ours.headers.multi_items()), ours.content),
        )

    async def judged(
        self, method: str, target: str, body: bytes = b"", **said: str
    ) -> tuple[Verdict, int]:
        """The verdict, and the status with which legacy answered."""
        theirs, ours = await self.ask(method, target, body, **said)
        pair = Pair("page", method, target, theirs, ours)
        return compare(pair, self.rules, TODAY), theirs.status

    async def same(self, method: str, target: str, body: bytes = b"", **said: str) -> int:
        """Both answer alike; the status."""
        verdict, status = await self.judged(method, target, body, **said)
        assert verdict.outcome == "matched", (status, verdict.cause, verdict.differences[:5])
        return status


def _headers(items: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name.lower(), value) for name, value in items)


async def _ready() -> None:
    return None


def _served(name: str, register: Callable[[FastAPI], None]) -> Part:
    client: Any = InProcess(name, register)
    return Part(client, lambda _: "")


@pytest.fixture(scope="module")
def signers(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Path of the public keys with which services check what the facade signed."""
    path = tmp_path_factory.mktemp("keys") / "identity.json"
    path.write_text(json.dumps(KeySet([SIGNING]).as_dict(private=False)))
    return str(path)


def _orders(pool: asyncpg.Pool, watermark: Watermark, signers: str) -> OrdersEndpoints:
    """Reads only: it has no sagas."""
    nobody: Any = None
    zone = ZoneInfo("Europe/Berlin")
    return OrdersEndpoints(pool, watermark, nobody, Verifier(signers), NoRecord(), zone)


@asynccontextmanager
async def storefront(
    legacy: Flask, databases: dict[str, str], signers: str
) -> AsyncIterator[FastAPI]:
    """The storefront's application, over services in this process."""
    pools = {
        name: await asyncpg.create_pool(url, min_size=1, max_size=4)
        for name, url in databases.items()
    }
    watermark = NoFeed()  # the rows stand still: a copy may ask for what is new this moment
    catalog = CatalogEndpoints(pools["catalog"], watermark)
    sales = SalesEndpoints(pools["sales"], watermark, lambda: TODAY)
    handler = InventoryHandler(pools["inventory"], watermark)
    inventory = InventoryEndpoints(pools["inventory"], watermark, handler)
    sessions: Any = SessionsOfTheMonolith(legacy)
    parts = connect(
        {
            "catalog": _served("catalog", catalog.register),
            "inventory": _served("inventory", inventory.register),
            "accounts": Part(sessions, lambda _: ""),
            "orders": _served("orders", _orders(pools["orders"], watermark, signers).register),
            "sales": _served("sales", sales.register),
        }
    )
    app = build_app("Storefront", _ready, CollectorRegistry())
    errors.register(app)
    routing.register(app, PAGES, parts, 10.0)
    try:
        yield app
    finally:
        for pool in pools.values():
            pool.terminate()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(legacy: Flask, databases: dict[str, str], signers: str) -> AsyncIterator[Both]:
    """Both sides, in the one loop that serves all tests of a module."""
    async with storefront(legacy, databases, signers) as app:
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://shop") as client:
            yield Both(legacy, client)
