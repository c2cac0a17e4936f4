"""One session on both sides, through a real facade: flips, and the monolith's process stopped."""

import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from psycopg import sql

from legacy_monolith.passwords import hashed
from migrations import runner
from tests.integration.facade.conftest import Facade, Upstream
from tests.rigs.processes.engines import wait_until
from tests.rigs.shop.sides import ACTIVE, Gunicorn

pytestmark = [pytest.mark.integration, pytest.mark.timeout(400)]

PASSWORD = "gipfelkreuz"
CUSTOMERS = 8
FLIPS = 6
ANY_WORKER = 30  # requests by new connections, of which each worker of two surely gets some
KEY = secrets.token_hex(16)
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
# One step apart; in canary legacy is asked who is asking.
STAGES = {"legacy": "canary, percent: 0", "new": "new"}
ROUTES = """
facade:
  expose: true
  session_cookie: session
  identity: {{ask: /api/me, forget_on: [login, logout, login-form, logout-page], keep: {keep}}}
upstreams:
  legacy: {{url: "{legacy}"}}
  accounts: {{url: "{accounts}", session_cookie: keep}}
  storefront: {{url: "{storefront}", session_cookie: keep}}
  echo: {{url: "{echo}"}}
routes:
  - {{name: login, match: POST /api/login, new: accounts, stage: {api},
     attempts: {{account: "json:email", per_account: 4}}}}
  - {{name: logout, match: POST /api/logout, new: accounts, stage: {api}}}
  - {{name: me, match: GET /api/me, new: accounts, stage: {api}}}
  - {{name: login-page, match: GET /login, new: storefront, stage: {pages}}}
  - {{name: login-form, match: POST /login, new: storefront, stage: {pages},
     attempts: {{account: "form:email", per_account: 4}}}}
  - {{name: logout-page, match: POST /logout, new: storefront, stage: {pages}}}
  - {{name: echo, match: GET /echo, new: echo, stage: new, fallback: false, needs: [identity]}}
"""


def echo(sock: Any) -> None:
    """A new side that answers with the head that it was sent."""
    while True:
        data = b""
        while b"\r\n\r\n" not in data:
            more = sock.recv(65536)
            if not more:
                return
            data += more
        body = data.partition(b"\r\n\r\n")[0]
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


class World:
    """The monolith, accounts, storefront and a facade with two workers."""

    def __init__(
        self, monolith: Gunicorn, accounts: Any, urls: dict[str, str], folder: Path
    ) -> None:
        self.monolith, self.accounts, self.urls = monolith, accounts, urls
        self.keep = "500ms"  # for so long a worker believes what it was answered
        folder.mkdir()
        self.facade = Facade(folder, self.routes("legacy", "legacy"), workers=2)
        limits = httpx2.Limits(max_keepalive_connections=0)  # each request may reach any worker
        self.http = httpx2.Client(timeout=30, trust_env=False, limits=limits)

    def routes(self, api: str, pages: str) -> str:
        return ROUTES.format(**self.urls, api=STAGES[api], pages=STAGES[pages], keep=self.keep)

    def flip(self, api: str, pages: str) -> None:
        """Returns once both workers answer by it."""
        self.facade.save(self.routes(api, pages))

        def decided() -> bool:
            seen = [self._side(path) for path in ("/api/me", "/login") for _ in range(8)]
            return seen == [api] * 8 + [pages] * 8

        wait_until("the flip", decided)

    def _side(self, path: str) -> str:
        decision = self.ask("GET", path).headers["fig-decision"]
        return str(decision.partition("side=")[2].partition(";")[0])

    def ask(self, method: str, path: str, cookie: str = "", **more: Any) -> httpx2.Response:
        """By a new connection, and with this cookie alone."""
        url = f"http://127.0.0.1:{self.facade.port}{path}"
        answer = self.http.request(method, url, headers={"cookie": cookie}, **more)
        self.http.cookies.clear()
        return answer

    def log_in(self, number: int) -> str:
        """By the API; the cookie as `name=value`."""
        body = {"email": f"c{number}@example.org", "password": PASSWORD}
        answer = self.ask("POST", "/api/login", json=body)
        assert answer.json()["ok"] == "Y", answer.text
        return answer.headers["set-cookie"].partition(";")[0]

    def form(self, cookie: str = "") -> tuple[str, str]:
        """A login form: the cookie, and the token in it."""
        page = self.ask("GET", "/login", cookie)
        found = TOKEN.search(page.text)
        assert page.status_code == 200 and found is not None, page.text
        given = page.headers.get("set-cookie", cookie).partition(";")[0]
        return given, found[1]

    def post(self, number: int, cookie: str, token: str) -> str:
        """The form, filled in; the cookie that the customer then has."""
        body = {"csrf": token, "email": f"c{number}@example.org", "password": PASSWORD}
        answer = self.ask("POST", "/login", cookie, data=body)
        assert (answer.status_code, answer.headers.get("location")) == (302, "/?ok=hello")
        return answer.headers["set-cookie"].partition(";")[0]

    def who(self, cookie: str) -> str | None:
        """Whose session it is, as the API says."""
        answer = self.ask("GET", "/api/me", cookie)
        return answer.json()["email"] if answer.status_code == 200 else None

    def received(self, cookie: str) -> str:
        """The request as another new side receives it, in lower case."""
        answer = self.ask("GET", "/echo", cookie)
        assert answer.status_code == 200, answer.text
        return answer.text.lower()


def _shop_with_readers(postgres_server: Any, owner: str) -> dict[str, str]:
    """Customers, and the URLs by which the feed and the accounts service read them."""
    name = owner.rsplit("/", 1)[1]
    roles = {kind: f"{kind}_{secrets.token_hex(4)}" for kind in ("feed", "reader")}
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        for kind, role in roles.items():
            right = "REPLICATION" if kind == "feed" else "NOREPLICATION"
            statement = f"CREATE ROLE {{}} LOGIN {right} PASSWORD 'pw-{kind}'"
            connection.execute(sql.SQL(statement).format(sql.Identifier(role)))
    with psycopg.connect(owner) as connection:
        grant = sql.SQL("GRANT SELECT (id, email, pw_hash) ON customer TO {}")
        connection.execute(grant.format(sql.Identifier(roles["reader"])))
        for number in range(CUSTOMERS):
            connection.execute(
                "INSERT INTO customer (email, name, pw_hash, street, zip, city)"
                " VALUES (%s, 'Anna', %s, 'Gasse 1', '6020', 'Innsbruck')",
                [f"c{number}@example.org", hashed(PASSWORD)],
            )
    return {kind: postgres_server.url(name, role, f"pw-{kind}") for kind, role in roles.items()}


def _monolith(owner: str, port: int, folder: Path) -> Gunicorn:
    listen = f"127.0.0.1:{port}"
    environment = {
        "LEGACY_DATABASE_URL": owner, "LEGACY_SECRET_KEY": KEY, "LEGACY_LISTEN": listen,
    }  # fmt: skip
    return Gunicorn(environment, folder / "legacy.log", f"http://{listen}")


def _drop_slot(url: str, slot: str) -> None:
    """It would keep the log for ever."""
    with psycopg.connect(url, autocommit=True) as connection:
        wait_until(
            "slot free",
            lambda: not connection.execute(ACTIVE, [slot]).fetchone()[0],  # type: ignore[index]
        )
        drop = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
        connection.execute(f"{drop} WHERE slot_name = %s", [slot])


@pytest.fixture
def world(
    postgres_server: Any,
    make_database: Callable[[str], str],
    nats_server: Any,
    make_process: Any,
    free_port: Callable[[], int],
    tmp_path: Path,
) -> Iterator[World]:
    owner, own = make_database("legacy"), make_database("accounts")
    runner.upgrade("legacy", owner)
    runner.upgrade("accounts", own)
    name, reading = owner.rsplit("/", 1)[1], _shop_with_readers(postgres_server, owner)
    feed = make_process(
        "new_services.feed",
        "FEED",
        FEED_LEGACY_URL=reading["feed"],
        FEED_OWNER_URL=owner,
        FEED_NATS_URL=nats_server.url,
        FEED_SLOT=f"fig_{name}",
    ).start()
    accounts = make_process(
        "new_services.accounts",
        "ACCOUNTS",
        ACCOUNTS_DATABASE_URL=own,
        ACCOUNTS_NATS_URL=nats_server.url,
        ACCOUNTS_SECRET_KEY=KEY,
        ACCOUNTS_LEGACY_DATABASE_URL=reading["reader"],
    )
    monolith = _monolith(owner, free_port(), tmp_path)
    accounts.start()
    storefront = make_process(
        "new_services.storefront",
        "STOREFRONT",
        STOREFRONT_NATS_URL=nats_server.url,
        STOREFRONT_ACCOUNTS_URL=accounts.url,
        STOREFRONT_CATALOG_URL=f"http://127.0.0.1:{free_port()}",
    ).start()
    echoing = Upstream(echo)
    made = None
    try:
        monolith.start()
        accounts.wait_until_ready()
        wait_until("the storefront", lambda: storefront.readiness()[0] != 0)
        urls = {
            "legacy": monolith.url, "accounts": accounts.url,
            "storefront": storefront.url, "echo": echoing.url,
        }  # fmt: skip
        made = World(monolith, accounts, urls, tmp_path / "facade")
        yield made
    finally:
        if made is not None:
            made.http.close()
            made.facade.stop()
            made.facade.log.close()
        monolith.kill()
        echoing.close()
        for process in (storefront, accounts, feed):
            process.kill()
    _drop_slot(reading["feed"], f"fig_{name}")


def test_customers_keep_their_sessions_through_flips_of_accounts_and_pages(world: World) -> None:
    """Each logs in at one side, is known at the other, and so are the forms of strangers."""
    cookies = {number: world.log_in(number) for number in range(CUSTOMERS // 2)}
    sides = ("legacy", "new")
    for flip in range(FLIPS):
        form = world.form()
        world.flip(sides[(flip + 1) % 2], sides[(flip // 2 + 1) % 2])
        posted = world.post(CUSTOMERS - 1, *form)
        newcomer = CUSTOMERS // 2 + flip % (CUSTOMERS // 2 - 1)
        cookies[newcomer] = world.log_in(newcomer)
        assert world.who(posted) == f"c{CUSTOMERS - 1}@example.org"
        for number, cookie in cookies.items():
            assert world.who(cookie) == f"c{number}@example.org", (flip, number)
            assert f'title="{"Anna"}"' in world.ask("GET", "/login", cookie).text
    received = world.received(cookies[0])
    assert "fig-identity: " in received
    assert "session=" not in received, "the cookie reaches accounts and storefront alone"


def test_with_the_monolith_stopped_customers_log_in_and_out_and_in(world: World) -> None:
    world.flip("new", "new")
    before = world.log_in(0)
    world.monolith.kill()
    for _ in range(2):
        cookie = world.log_in(1)
        assert world.who(cookie) == "c1@example.org" and world.who(before) == "c0@example.org"
        assert "fig-identity: " in world.received(cookie)
        answer = world.ask("POST", "/api/logout", cookie)
        assert answer.json() == {"ok": "Y"} and "Max-Age=0" in answer.headers["set-cookie"]
    page = world.post(2, *world.form())
    assert world.who(page) == "c2@example.org"
    _, token = world.form(page)
    out = world.ask("POST", "/logout", page, data={"csrf": token})
    assert (out.status_code, out.headers["location"]) == (302, "/?ok=bye")
    wrong = {"email": "c3@example.org", "password": "wrong"}
    answers = [world.ask("POST", "/api/login", json=wrong).status_code for _ in range(5)]
    assert answers == [200] * 4 + [429]
    world.monolith.start()
    world.flip("legacy", "legacy")
    assert world.ask("POST", "/api/login", json=wrong).status_code == 429, "also after a flip back"
    assert world.who(before) == "c0@example.org"
    kept = world.who(page)
    assert kept == "c2@example.org", "a copy that was kept: the monolith believes it as well"


def test_a_logout_at_accounts_ends_at_once_what_all_workers_know(world: World) -> None:
    """Accounts falls silent after it, so that nobody can ask again: who has not logged out is still
    known, and who has, by the API or by the page, is not."""
    world.keep = "60s"
    world.flip("new", "new")
    by_api, by_page, stays = (world.log_in(number) for number in range(3))
    for cookie in (by_api, by_page, stays) * ANY_WORKER:
        assert "fig-identity: " in world.received(cookie)
    assert world.ask("POST", "/api/logout", by_api).json() == {"ok": "Y"}
    _, token = world.form(by_page)
    assert world.ask("POST", "/logout", by_page, data={"csrf": token}).status_code == 302
    world.accounts.kill()
    for cookie, status in ((by_api, 503), (by_page, 503), (stays, 200)):
        answers = [world.ask("GET", "/echo", cookie).status_code for _ in range(ANY_WORKER)]
        assert answers == [status] * ANY_WORKER
