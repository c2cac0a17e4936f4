"""The pages of logging in and out on both sides, and forms of the one posted to the other.

Accounts is the real one, in this process, over the monolith's database and under its key.
"""

import re
import time
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx2
import orjson
import psycopg
import pytest
import pytest_asyncio
from flask import Flask
from prometheus_client import CollectorRegistry

from chassis.web.app import build_app
from chassis.web.client import Answer, NotConnected, Request
from legacy_monolith.seed.people import PASSWORD
from new_services.accounts import projections
from new_services.accounts.endpoints import Endpoints
from new_services.accounts.session import SessionCodec
from new_services.accounts.sessions import Sessions
from new_services.anticorruption.logins import LegacyLogins
from new_services.catalog.endpoints import Endpoints as CatalogEndpoints
from new_services.storefront import errors, routing
from new_services.storefront.pages import PAGES
from new_services.storefront.parts import SERVICES, connect
from new_services.storefront.parts.part import Part
from tests.integration.storefront.conftest import ADMIN, ADMIN_PASSWORD, CUSTOMER, Both, InProcess
from tests.rigs.ownership.snapshots import current, fill
from tests.rigs.shop.accounts import FakeOwn

pytestmark = pytest.mark.integration

FORM = "application/x-www-form-urlencoded"
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class Accounts:
    """In place of a ServiceClient: the calls of the service, in this process."""

    name = "accounts"

    def __init__(self, endpoints: Endpoints) -> None:
        self._endpoints = endpoints

    async def send(self, request: Request, _failed: object) -> Answer:
        """See ServiceClient."""
        name = request.path.removeprefix("/sessions/")
        status, document = await self._endpoints.call(name, request.body)
        return Answer(status, {}, orjson.dumps(document))


class Nobody:
    """In place of a service that these pages have no need of."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def send(self, _request: Request, _failed: object) -> Answer:
        """See ServiceClient."""
        raise NotConnected(f"{self.name} is not asked")


@pytest.fixture(scope="module")
def accounts_url(new_database: Any, legacy_url: str) -> str:
    return fill("accounts", new_database("accounts"), legacy_url, projections.apply)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(
    legacy: Flask, legacy_url: str, databases: dict[str, str], accounts_url: str
) -> AsyncIterator[Both]:
    pools = [
        await asyncpg.create_pool(url, min_size=1, max_size=2)
        for url in (databases["catalog"], accounts_url, legacy_url)
    ]
    catalog, own, owner = pools
    watermark, codec = current(), SessionCodec("k" * 32, time.time)
    sessions = Sessions(own, watermark, LegacyLogins(owner), codec, FakeOwn())
    clients: dict[str, Any] = {name: Nobody(name) for name in SERVICES}
    clients["catalog"] = InProcess("catalog", CatalogEndpoints(catalog, watermark).register)
    clients["accounts"] = Accounts(Endpoints(sessions, watermark))
    app = build_app("Storefront", _ready, CollectorRegistry())
    errors.register(app)
    parts = connect({name: Part(client, lambda _: "") for name, client in clients.items()})
    routing.register(app, PAGES, parts, 10.0)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://shop") as client:
        yield Both(legacy, client)
    for pool in pools:
        pool.terminate()


async def _ready() -> None:
    return None


def stranger(both: Both) -> tuple[str, str]:
    """A session of the monolith's, and the token of its forms."""
    client = both.legacy.test_client()
    page = client.get("/login").get_data(as_text=True)
    cookie, found = client.get_cookie("session"), TOKEN.search(page)
    assert cookie is not None and found is not None
    return f"session={cookie.value}", found[1]


@pytest.mark.parametrize(
    "target",
    ["/login", "/login/", "/login?next=/orders", "/login?next=//x", "/login?next=%0A/x&next=/y",
     "/login?next=/a%22%3E%3Cb%3E", "/login?ok=hello", "/login?x=1&next=", "/login?next=/%C3%BC"],
)  # fmt: skip
@pytest.mark.parametrize("who", ["nobody", "stranger", CUSTOMER, ADMIN])
async def test_the_page_is_the_same(both: Both, target: str, who: str) -> None:
    cookies = {"nobody": "", "stranger": stranger(both)[0]}
    cookie = cookies.get(who) if who in cookies else f"session={both.session(who)}"
    assert await both.same("GET", target, Cookie=cookie or "cart=A*1") == 200


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/login", "/logout"])
async def test_other_methods(both: Both, method: str, path: str) -> None:
    await both.same(method, path)


SENT = {
    "right": f"email={CUSTOMER}&password={PASSWORD}",
    "capitals and blanks": f"email=+{CUSTOMER.upper()}+&password={PASSWORD}",
    "staff": f"email={ADMIN}&password={ADMIN_PASSWORD}",
    "next": f"email={CUSTOMER}&password={PASSWORD}&next=/orders%3Fpage%3D2%26x%3D%C3%BC",
    "next elsewhere": f"email={CUSTOMER}&password={PASSWORD}&next=//elsewhere.example/",
    "next with a fragment": f"email={CUSTOMER}&password={PASSWORD}&next=/a+b%23c%3Fd",
    "wrong": f"email={CUSTOMER}&password=wrong&next=/cart",
    "unknown": f"email=nobody@example.org&password={PASSWORD}",
    "markup": "email=%3Cb%3E%22%27&password=x&next=/%3Cb%3E",
    "nothing": "",
    "twice": f"email=x&email={CUSTOMER}&password={PASSWORD}",
    "a NUL": f"email={CUSTOMER}%00&password={PASSWORD}",
    "no UTF-8": "email=%ff&password=%fe",
}


@pytest.mark.parametrize("name", SENT)
async def test_a_login_is_answered_the_same(both: Both, name: str) -> None:
    cookie, token = stranger(both)
    body = f"csrf={token}&{SENT[name]}".encode()
    status = await both.same("POST", "/login", body, Cookie=cookie, Content_Type=FORM)
    assert status == (302 if name.partition(" ")[0] in ("right", "capitals", "staff", "next", "a")
                      else 200)  # fmt: skip


@pytest.mark.parametrize("path", ["/login", "/logout"])
@pytest.mark.parametrize("body", [b"", b"csrf=", b"csrf=other&email=a", b"csrf=%FF"])
async def test_a_form_that_is_not_ours(both: Both, path: str, body: bytes) -> None:
    for cookie in ("", "session=rubbish", stranger(both)[0]):
        assert await both.same("POST", path, body, Cookie=cookie, Content_Type=FORM) == 400


async def test_a_logout_is_answered_the_same(both: Both) -> None:
    session = both.session(CUSTOMER)
    page = both.legacy.test_client(use_cookies=False).get(
        "/", headers={"cookie": f"session={session}"}
    )
    found = TOKEN.search(page.get_data(as_text=True))
    assert found is not None
    body = f"csrf={found[1]}".encode()
    cookie = f"session={session}"
    assert await both.same("POST", "/logout", body, Cookie=cookie, Content_Type=FORM) == 302


@pytest.mark.parametrize("here", ["legacy", "new"])
async def test_a_form_of_one_side_is_taken_by_the_other(both: Both, here: str) -> None:
    """A stranger's; the login that follows is believed by both."""
    if here == "legacy":
        cookie, token = stranger(both)
    else:
        page = await both.new.get("/login")
        found = TOKEN.search(page.text)
        assert found is not None
        cookie, token = page.headers["set-cookie"].partition(";")[0], found[1]
        both.new.cookies.clear()
    body = f"csrf={token}&{SENT['right']}"
    headers = {"cookie": cookie, "content-type": FORM}
    theirs = both.legacy.test_client(use_cookies=False).post("/login", data=body, headers=headers)
    ours = await both.new.post("/login", content=body, headers=headers)
    both.new.cookies.clear()
    for given in (theirs.headers["set-cookie"], ours.headers["set-cookie"]):
        session = given.partition(";")[0]
        assert await both.same("GET", "/login", Cookie=session) == 200
        shown = (await both.new.get("/login", headers={"cookie": session})).text
        both.new.cookies.clear()
        assert "Log out" in shown


async def test_the_database_alone_lets_somebody_log_in(both: Both, legacy_url: str) -> None:
    """A password that is set there counts at once: nothing of it is remembered here."""
    with psycopg.connect(legacy_url) as connection:
        row = connection.execute(
            "SELECT pw_hash FROM customer WHERE email = %s", [ADMIN]
        ).fetchone()
        assert row is not None
        connection.execute(
            "UPDATE customer SET pw_hash = %s WHERE email = 'kunde009@example.org'", row
        )
    cookie, token = stranger(both)
    body = f"csrf={token}&email=kunde009@example.org&password={ADMIN_PASSWORD}".encode()
    assert await both.same("POST", "/login", body, Cookie=cookie, Content_Type=FORM) == 302
