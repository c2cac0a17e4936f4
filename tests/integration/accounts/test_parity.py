"""The API of both sides over the seeded shop: the monolith in this process, a role of its own for
the new side, which reads three columns there and nothing else.
"""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import httpx2
import psycopg
import pytest
from flask import Flask
from prometheus_client import CollectorRegistry
from psycopg import sql

from chassis.readmodel.watermark import Watermark
from chassis.web.app import build_app
from contracts.feed.facts import Cleared, Fact, Stored
from contracts.logins import LoginsAway
from legacy_monolith.app import create_app
from legacy_monolith.database import EXTENSION
from legacy_monolith.seed.people import PASSWORD
from legacy_monolith.seed.store import seed
from legacy_monolith.settings import Settings
from migrations import runner
from new_services.accounts import projections
from new_services.accounts.endpoints import Endpoints
from new_services.accounts.session import Session, SessionCodec
from new_services.accounts.sessions import Sessions
from new_services.anticorruption.logins import LegacyLogins
from new_services.anticorruption.read_models import MAPPINGS
from new_services.verify.rows.relations import column_types
from tests.rigs.shop.accounts import FakeOwn

pytestmark = pytest.mark.integration

ADMIN, CUSTOMER = "admin@example.org", "kunde001@example.org"
PASSWORDS = {ADMIN: "admin-2016", CUSTOMER: PASSWORD}
KEY = "k" * 32


@pytest.fixture(scope="module")
def databases(postgres_server: Any) -> Iterator[tuple[str, str, str]]:
    """URLs: the shop's as its owner, the shop's as the reader of logins, the accounts' own."""
    names, role, password = ("legacy_for_accounts", "accounts_parity"), "login_reader", "pw-reader"
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        for name in names:
            connection.execute(f"CREATE DATABASE {name}")
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
    legacy, own = (postgres_server.url(name) for name in names)
    runner.upgrade("legacy", legacy)
    runner.upgrade("accounts", own)
    seed(legacy, 1, lambda _: None)
    with psycopg.connect(legacy) as connection:
        connection.execute("UPDATE customer SET name = 'O''Neill & <Söhne>' WHERE is_admin = 'Y'")
        connection.execute(f"GRANT SELECT (id, email, pw_hash) ON customer TO {role}")
    yield legacy, postgres_server.url(names[0], role, password), own
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        for name in names:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


async def facts_of(url: str) -> list[Fact]:
    """Every customer as one snapshot."""
    connection = await asyncpg.connect(url)
    (mapping,) = MAPPINGS["accounts"]
    types = await column_types(connection, mapping)
    columns = ", ".join(
        f'"{name}"' if kind in ("integer", "bigint") else f'"{name}"::text AS "{name}"'
        for name, kind in types.items()
    )
    rows = await connection.fetch(f"SELECT {columns} FROM {mapping.table}")
    await connection.close()
    stored = [
        Stored(mapping.entity, row[mapping.key], mapping.translate(dict(row)), (1, 0))
        for row in rows
    ]
    return [*stored, Cleared(mapping.entity, (1, 0))]


@pytest.fixture(scope="module")
def filled(databases: tuple[str, str, str]) -> tuple[str, str, str]:
    """The same, with the customers published."""
    legacy, _, own = databases

    async def fill() -> None:
        connection = await asyncpg.connect(own)
        async with connection.transaction():
            await projections.apply(connection, await facts_of(legacy))
        await connection.close()

    asyncio.run(fill())
    return databases


@pytest.fixture(scope="module")
def legacy(filled: tuple[str, str, str]) -> Iterator[Flask]:
    made = create_app(Settings(database_url=filled[0], secret_key=KEY, threads=4))
    yield made
    made.extensions[EXTENSION].dispose()


class Both:
    """Asks the same of both sides, as one client of each."""

    def __init__(self, legacy: Flask, new: httpx2.AsyncClient) -> None:
        self.legacy, self.new = legacy.test_client(), new
        self.codec = SessionCodec(KEY, time.time)

    async def same(
        self, method: str, path: str, body: Any = None, **fields: str
    ) -> httpx2.Response:
        raw = body if isinstance(body, bytes) or body is None else body.encode()
        theirs = self.legacy.open(path, method=method, data=raw, headers=fields)
        ours = await self.new.request(method, path, content=raw, headers=fields)
        assert ours.status_code == theirs.status_code, ours.text
        assert ours.content == theirs.data
        for name in ("content-type", "vary", "content-length"):
            assert ours.headers.get(name) == theirs.headers.get(name), name
        assert self.shape(ours.headers.get("set-cookie")) == self.shape(
            theirs.headers.get("set-cookie")
        )
        return ours

    def shape(self, given: str | None) -> tuple[str, Any]:
        """A cookie as it is given, and what it says; a token is as good as another."""
        if not given:
            return "", None
        value, _, attributes = given.partition("; ")
        said = dict(self.codec.read(value.partition("=")[2]).content)
        return attributes, said | {"csrf": len(str(said.get("csrf", "")))}

    async def login(self, email: str) -> str:
        """On both; the new side's cookie, as `name=value`."""
        body = f'{{"email":"{email}","password":"{PASSWORDS[email]}"}}'
        answer = await self.same("POST", "/api/login", body, **JSON)
        assert answer.json()["ok"] == "Y"
        return str(answer.headers["set-cookie"]).partition(";")[0]


JSON = {"content-type": "application/json"}


@pytest.fixture
async def both(legacy: Flask, filled: tuple[str, str, str]) -> AsyncIterator[Both]:
    pool = await asyncpg.create_pool(filled[2], min_size=1, max_size=4)
    owners = await asyncpg.create_pool(filled[1], min_size=1, max_size=2)
    watermark = Watermark()
    watermark.advance(time.time_ns() // 1000)
    codec = SessionCodec(KEY, time.time)
    sessions = Sessions(pool, watermark, LegacyLogins(owners), codec, FakeOwn())

    async def ready() -> None:
        return None

    app = build_app("Accounts", ready, CollectorRegistry())
    Endpoints(sessions, watermark).register(app)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://new") as client:
        yield Both(legacy, client)
    pool.terminate()
    owners.terminate()


def _login(email: object, password: object = PASSWORD) -> str:
    return json.dumps({"email": email, "password": password})


LOGINS = {
    "right": _login(CUSTOMER),
    "blanks and capitals": _login("  Kunde001@EXAMPLE.org\t"),
    "a NUL in it": _login("kunde001\0@example.org"),
    "the staff": _login(ADMIN, PASSWORDS[ADMIN]),
    "wrong password": _login(CUSTOMER, "wrong"),
    "another case": _login(CUSTOMER, PASSWORD.upper()),
    "blank behind": _login(CUSTOMER, PASSWORD + " "),
    "unknown": _login("nobody@example.org"),
    "empty": _login("", ""),
    "umlauts": _login("jürgen@example.org", "fäß€😀"),
    "injection": _login("' OR 1=1 --"),
    "a wildcard": _login("kunde00%"),
    "long": _login("a" * 10_000, "b" * 10_000),
    "number": _login(17),
    "null": _login(None),
    "list": _login([CUSTOMER]),
    "no password": '{"email": "kunde001@example.org"}',
    "more than that": '{"email": "x", "password": "y", "z": [1, {"a": null}]}',
    "twice": f'{{"email": "x", "email": "{CUSTOMER}", "password": "{PASSWORD}"}}',
    "a list": "[1]",
    "a text": '"x"',
    "null only": "null",
    "nothing": "",
    "half": '{"email": ',
    "not a number": '{"email": "x", "password": "y", "z": NaN}',
    "no UTF-8": b'{"email": "\xff", "password": "x"}',
    "UTF-16": _login(CUSTOMER).encode("utf-16"),
    "with a mark": b"\xef\xbb\xbf" + _login(CUSTOMER).encode(),
    "a form": f"email={CUSTOMER}&password={PASSWORD}",
}


@pytest.mark.parametrize("name", LOGINS)
async def test_a_login_is_answered_the_same(both: Both, name: str) -> None:
    await both.same("POST", "/api/login", LOGINS[name], **JSON)


@pytest.mark.parametrize(
    "kind",
    ["application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.shop+json",
     "text/json", "text/plain", "application/x-www-form-urlencoded", "", "application/jsonx", ";"],
)  # fmt: skip
async def test_a_body_must_call_itself_json(both: Both, kind: str) -> None:
    await both.same("POST", "/api/login", LOGINS["right"], **{"content-type": kind})


async def test_who_is_logged_in(both: Both) -> None:
    await both.same("GET", "/api/me")
    for email in (CUSTOMER, ADMIN):
        cookie = await both.login(email)
        answer = await both.same("GET", "/api/me", cookie=cookie)
        assert answer.json()["email"] == email
        await both.same("HEAD", "/api/me", cookie=cookie)
    await both.same("GET", "/api/me", cookie=cookie, accept="text/html")
    await both.same("GET", "/api/me?x=1", cookie=cookie)


async def test_the_monoliths_cookie_is_believed_here_and_ours_there(both: Both) -> None:
    body, headers = LOGINS["right"], {**JSON}
    theirs = both.legacy.post("/api/login", data=body, headers=headers).headers["Set-Cookie"]
    ours = (await both.new.post("/api/login", content=body, headers=headers)).headers["set-cookie"]
    for given in (theirs, ours):
        cookie = given.partition(";")[0]
        assert (await both.same("GET", "/api/me", cookie=cookie)).status_code == 200


COOKIES = {
    "none": "",
    "another": "cart=A*1",
    "rubbish": "session=rubbish",
    "empty": "session=",
    "empty first": "session=; session={own}",
    "rubbish first": "session=x; session={own}",
    "rubbish behind": "session={own}; session=x",
    "among others": "cart=A*1!B*2; session={own}; fig_after=1.x",
    "quoted": 'session="{own}"',
    "half": "session={half}",
}


@pytest.mark.parametrize("name", COOKIES)
async def test_cookies_are_read_the_same(both: Both, name: str) -> None:
    own = (await both.login(CUSTOMER)).partition("=")[2]
    both.legacy.delete_cookie("session")
    line = COOKIES[name].format(own=own, half=own[:-4])
    with both.legacy.application.test_client(use_cookies=False) as plain:
        both.legacy = plain
        await both.same("GET", "/api/me", cookie=line)


@pytest.mark.parametrize("cookie", ["", "session=rubbish", "{own}"])
async def test_a_logout_is_answered_the_same(both: Both, cookie: str) -> None:
    own = await both.login(CUSTOMER)
    await both.same("POST", "/api/logout", cookie=cookie.format(own=own))


async def test_a_session_of_a_customer_who_is_gone(both: Both) -> None:
    """Also legacy takes it for a stranger's."""
    value = both.codec.write(Session({"uid": 999_999, "csrf": "a"}))
    cookie = f"session={value}"
    theirs = both.legacy.get("/api/me", headers={"cookie": cookie})
    assert theirs.status_code == 401
    ours = await both.new.get("/api/me", headers={"cookie": cookie})
    assert ours.status_code == 503, "signed a moment ago: the feed may not have published them yet"


async def test_the_role_reads_three_columns_and_nothing_else(filled: tuple[str, str, str]) -> None:
    connection = await asyncpg.connect(filled[1])
    try:
        assert await connection.fetchval("SELECT count(pw_hash) FROM customer") > 0
        for statement in (
            "SELECT name FROM customer",
            "SELECT * FROM customer",
            "SELECT count(order_no) FROM orders",
            "SELECT count(*) FROM stock",
            "UPDATE customer SET pw_hash = ''",
            "DELETE FROM customer",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        connection.terminate()


async def test_for_a_role_without_rights_the_error_says_what_to_do(
    filled: tuple[str, str, str],
) -> None:
    role = f"powerless_{secrets.token_hex(4)}"
    owner = await asyncpg.connect(filled[0])
    await owner.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'pw-none'")
    url = filled[1].replace("login_reader:pw-reader", f"{role}:pw-none")
    pool = await asyncpg.create_pool(url, min_size=0, max_size=1)
    try:
        logins = LegacyLogins(pool)
        with pytest.raises(LoginsAway, match="GRANT SELECT"):
            await logins.find(CUSTOMER)
        assert "GRANT SELECT (id, email, pw_hash) ON customer" in logins.trouble
        await owner.execute(f"GRANT SELECT (id, email, pw_hash) ON customer TO {role}")
        assert await logins.find(CUSTOMER) is not None
        assert logins.trouble == ""
        assert await logins.find("\ud800") is None
    finally:
        pool.terminate()
        await owner.execute(f"REVOKE ALL ON customer FROM {role}")
        await owner.execute(f"REVOKE SELECT (id, email, pw_hash) ON customer FROM {role}")
        await owner.execute(f"DROP ROLE {role}")
        await owner.close()
