"""The forms of the back office and of a new customer are answered alike on both sides: the new
side's commands post the monolith's own forms, to the monolith in this process.
"""

import contextlib
import time
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

import asyncpg
import httpx2
import orjson
import pytest
import pytest_asyncio
from flask import Flask
from joserfc.jwk import OKPKey
from prometheus_client import CollectorRegistry

from chassis.readmodel.watermark import NoFeed
from chassis.saga import MemoryStore, Runner
from chassis.saga.assembled import ProcessClock
from chassis.saga.starting import Starter
from chassis.web import headers
from chassis.web.app import build_app
from chassis.web.client import Answer, Request
from chassis.web.internal import Handle
from chassis.web.sealed import Session, seal
from migrations import runner
from new_services.accounts.forms import register
from new_services.accounts.registration import Registration
from new_services.accounts.session import SessionCodec
from new_services.anticorruption.forms import Forms
from new_services.anticorruption.logins import LegacyLogins
from new_services.catalog import handlers
from new_services.catalog import saga as catalog_saga
from new_services.catalog.endpoints import Endpoints as CatalogEndpoints
from new_services.inventory import saga as inventory_saga
from new_services.inventory.counting import Counting
from new_services.inventory.endpoints import Endpoints as InventoryEndpoints
from new_services.inventory.handlers import Handler as InventoryHandler
from new_services.inventory.owner.shelf import Shelf
from new_services.storefront import errors, routing
from new_services.storefront.pages import PAGES
from new_services.storefront.parts import connect
from new_services.storefront.parts.part import Part
from tests.integration.storefront.conftest import ADMIN, CUSTOMER, Both, InProcess, _ready
from tests.rigs.ownership.snapshots import current
from tests.rigs.shop.accounts import SessionsOfTheMonolith

pytestmark = pytest.mark.integration

SEALING = OKPKey.generate_key("X25519", auto_kid=True)
FORM = "application/x-www-form-urlencoded"
# The read models are as of the beginning: what is changed is not shown in the same test.
TENT = "SELECT sku FROM product WHERE id = 1"
VARIANT = "SELECT sku FROM variant WHERE product_id = 1 ORDER BY sku LIMIT 1"
CHANGED = "SELECT sku FROM product WHERE id = 3"
COUNTED = "SELECT sku FROM variant WHERE product_id = 3 ORDER BY sku LIMIT 1"


class Monolith:
    """In place of an HttpClient: the monolith's application in this process."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """At once."""
        yield

    async def exchange(self, request: Request) -> Answer:
        """See HttpClient."""
        client = self._app.test_client(use_cookies=False)
        said = client.open(
            request.path, method=request.method, headers=dict(request.headers), data=request.body
        )
        return Answer(said.status_code, {k.lower(): v for k, v in said.headers.items()}, said.data)


class Commanded:
    """A service's pages, and in front of them a command; whatever it is asked besides."""

    def __init__(self, inner: Any, prefix: str, handle: Handle) -> None:
        self.name, self._inner, self._prefix, self._handle = inner.name, inner, prefix, handle

    async def send(self, request: Request, failed: object) -> Answer:
        """See ServiceClient."""
        if not request.path.startswith(self._prefix):
            found: Answer = await self._inner.send(request, failed)
            return found
        status, body = await self._handle(request.path.removeprefix(self._prefix), request.body)
        return Answer(status, {}, orjson.dumps(body))


@pytest.fixture(scope="module")
def accounts_database(new_database: Any) -> str:
    """The database of accounts."""
    url: str = new_database("accounts")
    runner.upgrade("accounts", url)
    return url


def _starter(stories: Any) -> Starter:
    store = MemoryStore()
    return Starter(Runner(store, stories.sagas(), ProcessClock(), "here"), store)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(
    legacy: Flask, databases: dict[str, str], legacy_url: str, accounts_database: str
) -> AsyncIterator[Both]:
    """Both sides, with all that is needed for changes."""
    urls = {**databases, "legacy": legacy_url, "accounts": accounts_database}
    pools = {
        name: await asyncpg.create_pool(urls[name], min_size=1, max_size=2)
        for name in ("catalog", "inventory", "legacy", "accounts")
    }
    catalog, inventory, watermark = pools["catalog"], pools["inventory"], current()
    forms = Forms(Monolith(legacy), SEALING)
    saving = _starter(catalog_saga.Stories(catalog, forms))
    stories = inventory_saga.Stories(inventory, forms, NoFeed(), Shelf(inventory, datetime.now))
    counting = Counting(inventory, NoFeed(), _starter(stories))
    registration = Registration(
        pools["accounts"],
        LegacyLogins(pools["legacy"]),
        forms,
        SessionCodec("k" * 32, time.time),
        time.monotonic,
    )
    handler = InventoryHandler(inventory, watermark)
    goods = InProcess("catalog", CatalogEndpoints(catalog, watermark).register)
    shelves = InProcess("inventory", InventoryEndpoints(inventory, watermark, handler).register)
    services = {
        "catalog": Commanded(goods, "/articles/", partial(handlers.save, saving)),
        "inventory": Commanded(shelves, "/counts/", counting.count),
        "accounts": Commanded(
            SessionsOfTheMonolith(legacy), "/registrations/", partial(register, registration)
        ),
    }
    parts: dict[str, Any] = {"orders": None, "sales": None}
    parts |= {name: Part(each, lambda _: "") for name, each in services.items()}  # type: ignore[arg-type]
    app = build_app("Storefront", _ready, CollectorRegistry())
    errors.register(app)
    routing.register(app, PAGES, connect(parts), 10.0)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://shop") as client:
        yield Both(legacy, client)
    for pool in pools.values():
        pool.terminate()


def _person(both: Both, email: str) -> tuple[dict[str, str], str]:
    """Headers as the facade sends them on, and the token of the session's forms."""
    said = both.person(email)
    cookie = said["Cookie"]
    said[headers.SESSION] = seal(SEALING, Session(email, cookie))
    page = both.legacy.test_client(use_cookies=False).get("/", headers={"Cookie": cookie}).text
    return said, page.partition('name="csrf" value="')[2].partition('"')[0]


async def _same(both: Both, path: str, form: dict[str, str], email: str = ADMIN) -> int:
    said, token = _person(both, email)
    body = urlencode({"csrf": token, **form}).encode()
    return await both.same("POST", path, body, **{**said, "Content-Type": FORM})


GOOD = {"price": "129,5", "disc_pct": "15 %", "name": "Zelt", "active": "Y"}
BAD = {
    "no price": {"price": ""}, "a price of nothing": {"price": "0"}, "too dear": {"price": "1e6"},
    "a discount too large": {"disc_pct": "71"}, "no number": {"disc_pct": "x<b>"},
    "no name": {"name": " "}, "a long name": {"name": "x" * 201}, "three faults": {
        "price": "<b>", "disc_pct": "y", "name": ""},
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
async def test_what_is_wrong_with_a_product_is_shown_alike(both: Both, kind: str) -> None:
    path = f"/admin/products/{both.value(TENT)}"
    assert await _same(both, path, {**GOOD, **BAD[kind]}) == 400


async def test_a_saved_product_is_shown_next(both: Both) -> None:
    sku = both.value(CHANGED)
    for path in (sku, sku.lower(), f"{sku}/", f"{sku}?x=1"):
        assert await _same(both, f"/admin/products/{path}", GOOD) == 302
    assert await _same(both, f"/admin/products/{sku}", {"price": "1"}) == 302
    row = "SELECT price || disc_pct || active || name FROM product WHERE id = 3"
    assert both.value(row) == "1.00NZelt"


@pytest.mark.parametrize("pieces", ["", "-1", "1.5", "100001", "0000001", "²", "x"])
async def test_what_is_no_count_is_shown_alike(both: Both, pieces: str) -> None:
    path = f"/admin/products/{both.value(TENT)}/stock"
    assert await _same(both, path, {"variant": both.value(VARIANT), "qty": pieces}) == 400


@pytest.mark.parametrize("pieces", ["0", " 17 ", "٣", "100000"])
async def test_a_count_is_shown_next(both: Both, pieces: str) -> None:
    path = f"/admin/products/{both.value(CHANGED)}/stock"
    variant = both.value(COUNTED)
    assert await _same(both, path, {"variant": variant, "qty": pieces}) == 302
    assert both.value(f"SELECT qty FROM stock WHERE sku = '{variant}'") == str(int(pieces))


@pytest.mark.parametrize("path", ["NONE", "NONE/stock", "%00/stock", "%C3%BC"])
async def test_what_there_is_not_is_not_changed(both: Both, path: str) -> None:
    assert await _same(both, f"/admin/products/{path}", GOOD) == 404


async def test_a_variant_of_another_product_is_not_counted(both: Both) -> None:
    other = both.value("SELECT sku FROM variant WHERE product_id = 2 ORDER BY sku LIMIT 1")
    path = f"/admin/products/{both.value(TENT)}/stock"
    assert await _same(both, path, {"variant": other, "qty": "3"}) == 404


@pytest.mark.parametrize("path", ["", "/stock"])
async def test_who_may_not_is_refused_alike(both: Both, path: str) -> None:
    target = f"/admin/products/{both.value(TENT)}{path}"
    assert await _same(both, target, GOOD, CUSTOMER) == 403
    assert await both.same("POST", target) == 302
    assert await _same(both, target, {**GOOD, "csrf": "other"}) == 400
    assert await both.same("PUT", target) == 405


NEW = {"name": "Eva", "street": "", "zip": "", "city": "x", "password": "pass word"}
WRONG = {
    "no address": {"email": "x"}, "no name": {"name": ""}, "a short password": {"password": "x"},
    "a long city": {"city": "x" * 101}, "taken": {"email": CUSTOMER}, "in capitals": {
        "email": CUSTOMER.upper()},
}  # fmt: skip


async def _stranger(both: Both) -> tuple[dict[str, str], str]:
    """With a form that the monolith gave."""
    client = both.legacy.test_client()
    token = client.get("/register").text.partition('name="csrf" value="')[2].partition('"')[0]
    cookie = client.get_cookie("session")
    assert cookie is not None
    return {"Cookie": f"session={cookie.value}", "Content-Type": FORM}, token


@pytest.mark.parametrize("kind", WRONG)
async def test_what_is_wrong_with_a_new_customer_is_shown_alike(both: Both, kind: str) -> None:
    said, token = await _stranger(both)
    form = {"email": "eva@example.org", **NEW, **WRONG[kind], "csrf": token}
    assert await both.same("POST", "/register", urlencode(form).encode(), **said) == 200


async def test_a_new_customer_is_welcome_on_either_side(both: Both) -> None:
    said, token = await _stranger(both)
    sent = {name.replace("_", "-"): value for name, value in said.items()}
    for number, side in enumerate(("new", "legacy")):
        email = f"eva{number}@example.org"
        body = urlencode({"email": email, **NEW, "csrf": token}).encode()
        if side == "new":
            answer: Any = await both.new.post("/register", content=body, headers=sent)
        else:
            client = both.legacy.test_client(use_cookies=False)
            answer = client.post("/register", data=body, headers=sent)
        assert (answer.status_code, answer.headers["location"]) == (302, "/?ok=welcome")
        cookie = answer.headers["set-cookie"].partition(";")[0]
        me = both.legacy.test_client(use_cookies=False).get("/api/me", headers={"Cookie": cookie})
        assert me.get_json()["email"] == email


async def test_the_form_of_a_stranger_is_the_same(both: Both) -> None:
    for path in ("/register", "/register/", "/register?x=1"):
        said, _ = await _stranger(both)
        assert await both.same("GET", path, Cookie=said["Cookie"]) == 200
    assert await both.same("PUT", "/register") == 405
