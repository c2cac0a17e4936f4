"""The report of both sides over the seeded shop, byte for byte: the monolith in this process."""

import time
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime
from functools import partial
from typing import Any

import asyncpg
import httpx2
import psycopg
import pytest
from flask import Flask
from joserfc.jwk import KeySet, OKPKey

from chassis.web import headers
from chassis.web.identity import Verifier, issue
from chassis.web.sealed import Session, seal
from legacy_monolith.app import create_app
from legacy_monolith.database import EXTENSION
from legacy_monolith.seed.people import PASSWORD
from legacy_monolith.seed.store import seed
from legacy_monolith.settings import Settings
from migrations import runner
from new_services.anticorruption.session import form_token
from new_services.sales import projections
from new_services.sales.endpoints import Endpoints
from new_services.sales.pages import Pages
from tests.rigs.clock import StoppedClock
from tests.rigs.snapshots import asked, current, fill

pytestmark = pytest.mark.integration

ADMIN, CUSTOMER = "admin@example.org", "kunde001@example.org"
ADMIN_PASSWORD = "admin-2016"  # as the README says
SIGNING = OKPKey.generate_key("Ed25519", auto_kid=True)
SEALING = OKPKey.generate_key("X25519", auto_kid=True)


@pytest.fixture(scope="module")
def legacy_url(postgres_server: Any) -> Iterator[str]:
    """The seeded shop, with some rows as ten years leave them."""
    name = "legacy_for_sales"
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = postgres_server.url(name)
    runner.upgrade("legacy", url)
    seed(url, 1, lambda _: None)
    with psycopg.connect(url) as connection:
        for statement in (
            # The monolith asks for each order by itself: fewer of them say the same.
            "DELETE FROM payment WHERE order_id % 16 <> 0",
            "DELETE FROM order_line WHERE order_id % 16 <> 0",
            "DELETE FROM orders WHERE id % 16 <> 0",
            "UPDATE order_line SET price = '49.9' WHERE id = (SELECT max(id) FROM order_line)",
            "UPDATE order_line SET sku = 'GONE-1' WHERE id % 50 = 0",
            "UPDATE category SET name = 'Zelte & \"Tarps\" <3' WHERE code = 'TENTS'",
            "UPDATE customer SET name = 'O''Neill & <Söhne>' WHERE is_admin = 'Y'",
        ):
            connection.execute(statement)
    yield url
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def legacy(legacy_url: str) -> Iterator[Flask]:
    """The monolith, on a day after its last order."""
    clock = StoppedClock(datetime.fromisoformat("2026-07-14T15:09:26"))
    made = create_app(Settings(database_url=legacy_url, secret_key="k" * 32, threads=4), clock)
    yield made
    made.extensions[EXTENSION].dispose()


@pytest.fixture(scope="module")
def filled(postgres_server: Any, legacy_url: str) -> Iterator[str]:
    """The figures of the same shop: the name of their database."""
    name = "sales_for_parity"
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield fill("sales", postgres_server.url(name), legacy_url, projections.apply)
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Both:
    """Asks the same of both sides."""

    def __init__(self, legacy: Flask, new: httpx2.AsyncClient) -> None:
        self.legacy = legacy
        self.new = new

    async def ask(
        self, query: str = "", email: str = "", cart: str = "", method: str = "GET"
    ) -> tuple[Any, httpx2.Response]:
        path = f"/admin/report{query}"
        client = self.legacy.test_client()
        sent: dict[str, str] = {}
        if email:
            password = ADMIN_PASSWORD if email == ADMIN else PASSWORD
            said = client.post("/api/login", json={"email": email, "password": password})
            assert said.get_json()["ok"] == "Y"
            cookie = client.get_cookie("session")
            assert cookie is not None
            sent[headers.IDENTITY] = issue(SIGNING, email, "N", time.time())
            sent[headers.SESSION] = seal(SEALING, Session(email, f"session={cookie.value}"))
        if cart:
            client.set_cookie("cart", cart)
            sent["cookie"] = f"cart={cart}"
        theirs = client.open(path, method=method)
        return theirs, await self.new.request(method, path, headers=sent)

    async def same(self, query: str = "", email: str = "", cart: str = "", **more: str) -> int:
        theirs, ours = await self.ask(query, email, cart, **more)
        assert ours.status_code == theirs.status_code
        assert ours.text == theirs.text
        for name in ("content-type", "location", "vary", "content-length"):
            assert ours.headers.get(name) == theirs.headers.get(name), name
        return ours.status_code


@pytest.fixture
async def both(legacy: Flask, filled: str, tmp_path: Any) -> AsyncIterator[Both]:
    keys = tmp_path / "keys.json"
    keys.write_text(httpx2.Response(200, json=dict(KeySet([SIGNING]).as_dict(private=False))).text)
    pool = await asyncpg.create_pool(filled, min_size=1, max_size=4)
    tokens = partial(form_token, SEALING)
    made = Endpoints(
        pool, current(), Verifier(str(keys)), tokens, Pages(), lambda: date(2026, 7, 14)
    )
    async with asked(made.register, "sales") as client:
        yield Both(legacy, client)
    pool.terminate()


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?from=2026-01-01&to=2026-01-31",
        "?from=2026-06-30",
        "?to=2025-02-03",
        "?from=20260101&to=2026-W05-1",
        "?from=2026-01-01&from=2020-01-01&to=2026-03-01",
        "?from=nonsense&to=2026-02-30",
        "?from=2026-02-01&to=2026-01-01",
        "?from=1999-01-01&to=1999-12-31",
        "?from=0001-01-01&to=2025-01-01",
        "?from=%C3%BC&to=&ok=saved",
        "?ok=%3Cb%3E",
    ],
)
async def test_the_page_is_the_same(both: Both, query: str) -> None:
    assert await both.same(query, ADMIN) == 200


@pytest.mark.parametrize("cart", ["JKT-10001-0*2!TNT-10001-0", "x*y!!A*0!B*99", "A*-3!A*4!a*1"])
async def test_the_cart_is_counted_the_same(both: Both, cart: str) -> None:
    assert await both.same("?from=1999-01-01&to=1999-12-31", ADMIN, cart) == 200


@pytest.mark.parametrize("query", ["", "?from=2026-01-01&to=2026-01-31", "?x=%3F%C3%BC+y&&=", "?"])
async def test_a_stranger_is_sent_to_the_login(both: Both, query: str) -> None:
    assert await both.same(query) == 302


async def test_a_customer_is_told_that_it_is_for_the_staff(both: Both) -> None:
    assert await both.same("", CUSTOMER) == 403


@pytest.mark.parametrize("query", ["?to=9999-12-31", "?to=0001-01-05"])
async def test_the_calendar_ends_where_it_ends_in_legacy(both: Both, query: str) -> None:
    both.legacy.config["PROPAGATE_EXCEPTIONS"] = False
    assert await both.same(query, ADMIN) == 500


async def test_head_says_how_long_the_page_is(both: Both) -> None:
    theirs, ours = await both.ask("", ADMIN, method="HEAD")
    assert (ours.status_code, ours.headers["content-length"]) == (
        200,
        theirs.headers["content-length"],
    )


async def test_nobody_is_the_staff_by_their_own_word(both: Both) -> None:
    """A token that the facade did not sign; one that it did, with another's session."""
    forged = issue(OKPKey.generate_key("Ed25519", auto_kid=True), ADMIN, "N", time.time())
    answer = await both.new.get("/admin/report", headers={headers.IDENTITY: forged})
    assert answer.status_code == 302
    token = issue(SIGNING, ADMIN, "N", time.time())
    sealed = seal(SEALING, Session(CUSTOMER, "session=x"))
    mixed = {headers.IDENTITY: token, headers.SESSION: sealed}
    assert (await both.new.get("/admin/report", headers=mixed)).status_code == 503


async def test_somebody_the_feed_has_not_told_of_is_for_legacy_to_answer(both: Both) -> None:
    token = issue(SIGNING, "new@example.org", "N", time.time())
    answer = await both.new.get("/admin/report", headers={headers.IDENTITY: token})
    assert (answer.status_code, answer.headers[headers.DECLINED]) == (503, headers.BEHIND)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>Back in a moment</h1>" in answer.text
