"""Checkout and order pages through the facade, while their routes move and the feed stands still.

A browser orders and cancels by the forms it was shown. Wherever its next request goes, what it did
is there (P4); a form sent twice is one order; and what is pending says so.
"""

import json
import os
import re
import secrets
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import psycopg
import pytest
from joserfc.jwk import OKPKey
from psycopg import sql

from migrations import runner
from tests.integration.orders.test_read_your_writes import STAGES, Facade
from tests.rigs.processes.ports import free_port
from tests.rigs.shop.browsing import Browser
from tests.rigs.shop.cutting import Cutter
from tests.rigs.shop.sides import Services

pytestmark = pytest.mark.integration

ROUTES = """
facade:
  expose: true
  session_cookie: session
  identity: {{ask: /api/me}}
  read_your_writes: cookie
upstreams:
  legacy: {{url: "{legacy}"}}
  storefront: {{url: "{storefront}", session_cookie: keep}}
routes:
  - {{name: checkout, match: GET /checkout, {read}, needs: [session]}}
  - {{name: place, match: POST /checkout, {write}, needs: [session]}}
  - {{name: list, match: GET /orders, {read}, needs: [session]}}
  - {{name: detail, match: "GET /orders/{{order_no}}", {read}, needs: [session]}}
  - {{name: cancel, match: "POST /orders/{{order_no}}/cancel", {write}, needs: [session]}}
  - {{name: pending, match: "GET|POST /order-requests/{{path*}}", new: storefront, stage: new,
      fallback: false, needs: [session]}}
"""
SHARED = "new: storefront, key: [cookie:session], seed: pages, compare: {sample: 50%}, "
# Where forms are sent, and where the pages behind them are asked for.
FLIPS = [("legacy", "new"), ("new", "legacy"), ("new", "new"), ("canary", "canary")]
WALK = tuple(STAGES)


class PagesFacade(Facade):
    """The same before the pages."""

    _at: tuple[int, ...] = (0, 0)

    def use(self, write: str, read: str, by: str = "cookie") -> None:
        assert by == "cookie"
        fresh = self.routes.with_suffix(".fresh")
        fresh.write_text(
            ROUTES.format(
                legacy=self._shop.legacy.url,
                storefront=self._shop.processes["storefront"].url,
                write=SHARED + STAGES[write],
                read=SHARED + STAGES[read],
            )
        )
        fresh.rename(self.routes)

    def walk(self, write: str, read: str) -> None:
        """To these stages, one step at a time, as the facade wants it."""
        wanted = WALK.index(write), WALK.index(read)
        while self._at != wanted:
            self._at = tuple(
                at + (aim > at) - (aim < at) for at, aim in zip(self._at, wanted, strict=True)
            )
            self.flip(*(WALK[at] for at in self._at))

    def _is(self, write: str, read: str) -> bool:
        said = [
            httpx2.request(method, f"{self.url}/checkout", timeout=10) for method in ("POST", "GET")
        ]
        return all(
            f"stage={stage};" in answer.headers.get("fig-decision", "")
            for answer, stage in zip(said, (write, read), strict=True)
        )


@pytest.fixture(scope="module")
def cutter(monolith: Any) -> Iterator[Cutter]:
    """Between orders and the monolith."""
    made = Cutter(int(monolith.url.rpartition(":")[2]))
    yield made
    made.close()


@pytest.fixture(scope="module")
def toward_legacy(cutter: Cutter) -> str:
    return cutter.url


@pytest.fixture(scope="module")
def login_reader(shop: Any, postgres_server: Any) -> Iterator[str]:
    """URL of the monolith's database for a role that reads what customers log in with."""
    role, password = f"logins_{secrets.token_hex(4)}", secrets.token_hex(8)
    name = sql.Identifier(role)
    with psycopg.connect(shop.superuser, autocommit=True) as connection:
        create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        connection.execute(create.format(name, sql.Literal(password)))
    with psycopg.connect(shop.owner, autocommit=True) as connection:
        connection.execute(
            sql.SQL("GRANT SELECT (id, email, pw_hash) ON customer TO {}").format(name)
        )
    yield postgres_server.url(shop.owner.rsplit("/", 1)[1], role, password)
    with psycopg.connect(shop.owner, autocommit=True) as connection:
        connection.execute(
            sql.SQL("REVOKE ALL (id, email, pw_hash) ON customer FROM {}").format(name)
        )
    with psycopg.connect(shop.superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP ROLE {}").format(name))


@pytest.fixture(scope="module")
def pages(
    shop: Any,
    nats: Any,
    login_reader: str,
    new_database: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Any]:
    """The shop with the services that its pages are made of."""
    folder = tmp_path_factory.mktemp("pages")
    started = Services(nats.url, folder, shop.processes)  # they end with the shop's
    for name in ("catalog", "accounts"):
        shop.databases[name] = new_database(name)
        runner.upgrade(name, shop.databases[name])
    secret = shop.legacy.environment["LEGACY_SECRET_KEY"]
    # What is behind /internal/ is answered to the storefront alone.
    key = OKPKey.generate_key("Ed25519", auto_kid=True)
    private, callers = folder / "service.json", folder / "services.json"
    private.write_text(json.dumps(key.as_dict(private=True)))
    callers.write_text(json.dumps({"storefront": key.as_dict(private=False)}))
    started.start("catalog", database_url=shop.databases["catalog"], caller_keys=str(callers))
    started.start(
        "accounts",
        caller_keys=str(callers),
        database_url=shop.databases["accounts"],
        legacy_database_url=login_reader,
        secret_key=secret,
    )
    urls = {f"{name}_url": shop.processes[name].url for name in
            ("catalog", "inventory", "accounts", "orders")}  # fmt: skip
    started.start("storefront", service_key=str(private), **urls)
    for name in ("catalog", "accounts", "storefront"):
        shop.processes[name].wait_until_ready()
    return shop


@pytest.fixture(scope="module")
def facade(pages: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PagesFacade]:
    ports = free_port(), free_port()
    made = PagesFacade(pages, tmp_path_factory.mktemp("facade"), ports)
    yield made
    made.process.terminate()
    made.process.wait(10)


@pytest.fixture(scope="module")
def browser(facade: PagesFacade) -> Browser:
    return Browser(facade.url).log_in()


def test_internal_paths_are_not_for_strangers(pages: Any) -> None:
    for path in ("/internal/articles", "/internal/variants?sku=MUG-0"):
        assert httpx2.get(f"{pages.processes['catalog'].url}{path}").status_code == 401


def count(pages: Any) -> int:
    return int(pages.value("legacy", "SELECT count(*) FROM orders"))


@pytest.mark.parametrize("still", [False, True], ids=["", "the feed stands still"])
@pytest.mark.parametrize(("write", "read"), FLIPS)
def test_the_redirects_target_shows_the_order(
    pages: Any, facade: PagesFacade, browser: Browser, write: str, read: str, still: bool
) -> None:
    """Whichever side took the form, and whichever is asked for the page: also without the feed."""
    facade.walk(write, read)
    browser.fill_cart()
    form = browser.order_form(po_number="KST 1")
    before = count(pages)
    if still:
        os.kill(pages.processes["feed"].process.pid, signal.SIGSTOP)
    try:
        answer = browser.client.post("/checkout", data=form)
        assert answer.status_code == 302, answer.text
        target = answer.headers["location"]
        order_no = re.fullmatch(r"/orders/(SO-\d+-\d+)\?new=Y", target)[1]
        facade.walk(read, write)  # between the form and the page behind it
        shown = browser.get(target)
        assert shown.status_code == 200 and f"Order {order_no}" in shown.text
        assert "Thank you!" in shown.text and "Captured" in shown.text
        assert order_no in browser.get("/orders").text
        assert order_no in browser.get("/orders?q=" + order_no.lower()).text
        assert browser.cancel(order_no, shown) == f"/orders/{order_no}?ok=cancelled"
        facade.walk(write, read)
        gone = browser.get(f"/orders/{order_no}?ok=cancelled")
        assert "Cancelled</span>" in gone.text and "Refunded</span>" in gone.text
        assert browser.cancel(order_no, gone_token(browser)) == f"/orders/{order_no}?ok=shipped"
    finally:
        os.kill(pages.processes["feed"].process.pid, signal.SIGCONT)
    assert count(pages) == before + 1
    assert "It is empty." in browser.get("/cart").text


def gone_token(browser: Browser) -> httpx2.Response:
    """Any page with a form: a cancelled order's has none but the logout's."""
    return browser.get("/cart")


def test_a_form_sent_twice_is_one_order(pages: Any, facade: PagesFacade, browser: Browser) -> None:
    """By a double click, and once more when the answer was lost."""
    facade.walk("new", "new")
    browser.fill_cart()
    form = browser.order_form()
    cookies = "; ".join(f"{each.name}={each.value}" for each in browser.client.cookies.jar)
    before = count(pages)
    targets: list[str] = []

    def send() -> None:
        url = f"{facade.url}/checkout"
        answer = httpx2.post(url, data=form, headers={"cookie": cookies}, timeout=20)
        targets.append(f"{answer.status_code} {answer.headers.get('location')}")

    clicks = [threading.Thread(target=send) for _ in range(3)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    send()
    assert len(set(targets)) == 1 and targets[0].startswith("302 /orders/SO-"), targets
    assert count(pages) == before + 1
    browser.client.cookies.delete("cart")


def test_two_forms_are_two_orders(pages: Any, facade: PagesFacade, browser: Browser) -> None:
    facade.walk("new", "new")
    before, targets = count(pages), set()
    for _ in range(2):
        browser.fill_cart()
        answer = browser.client.post("/checkout", data=browser.order_form())
        targets.add(answer.headers["location"])
    assert len(targets) == 2 and count(pages) == before + 2


def test_what_is_sold_out_is_said_over_the_form(
    pages: Any, facade: PagesFacade, browser: Browser
) -> None:
    """The same words on both sides; the cart stays, and the next form is a new one."""
    words = "Somebody was faster: of TENT-1 we have only 3 left."
    for stage in ("legacy", "new"):
        facade.walk(stage, stage)
        browser.fill_cart("TENT-1", 9)
        answer = browser.client.post("/checkout", data=browser.order_form(street="Weg <1>"))
        assert answer.status_code == 409 and words in answer.text
        assert 'value="Weg &lt;1&gt;"' in answer.text
        again = browser.client.post("/checkout", data=browser.order_form())
        assert again.status_code == 409 and words in again.text
        browser.client.cookies.delete("cart")


def test_a_pending_order_says_so_until_it_is_placed(
    pages: Any, facade: PagesFacade, browser: Browser
) -> None:
    """With the monolith stopped: accepted, listed, and placed when it goes on."""
    facade.walk("new", "new")
    browser.fill_cart()
    form = browser.order_form()
    pages.legacy.signal(signal.SIGSTOP)
    try:
        answer = browser.client.post("/checkout", data=form)
        assert answer.status_code == 302, answer.text
        target = answer.headers["location"]
        assert re.fullmatch(r"/order-requests/\w{16}\?new=Y", target), target
        shown = browser.get(target)
        assert shown.status_code == 200 and "The order is accepted" in shown.text
        pages.until("listed", lambda: "not placed yet" in browser.get("/orders").text)
    finally:
        pages.legacy.signal(signal.SIGCONT)
    pages.until("placed", lambda: browser.get(target).status_code == 302)
    placed = browser.get(target).headers["location"]
    assert re.fullmatch(r"/orders/SO-\d+-\d+\?new=Y", placed), placed
    assert "Thank you!" in browser.get(placed).text
    pages.settled()


def test_a_lost_answer_of_a_checkout_or_a_cancel_has_no_second_effect(
    pages: Any, facade: PagesFacade, browser: Browser, cutter: Cutter
) -> None:
    """The monolith has committed, and the connection is cut before it says so."""
    facade.walk("new", "new")
    browser.fill_cart()
    before, cut = count(pages), cutter.cut
    form = browser.order_form(po_number="KST 9")
    cutter.next("/api/orders")
    target = browser.client.post("/checkout", data=form).headers["location"]
    pages.settled()
    assert (count(pages), cutter.cut) == (before + 1, cut + 1)
    shown = browser.get(target)
    if target.startswith("/order-requests/"):
        shown = browser.get(shown.headers["location"])
    assert "Thank you!" in shown.text and "KST 9" in shown.text, target
    order_no = re.search(r"Order (SO-\d+-\d+)", shown.text)[1]
    cutter.next(f"/api/orders/{order_no}/cancel")
    browser.cancel(order_no, shown)
    pages.settled()
    assert cutter.cut == cut + 2
    gone = browser.get(f"/orders/{order_no}")
    assert "Cancelled</span>" in gone.text and "Refunded</span>" in gone.text
    moved = "SELECT qty_change, reason FROM stock_movement WHERE order_no = %s ORDER BY id"
    assert pages.query("legacy", moved, order_no) == [(-2, "SALE"), (2, "CANCEL")]


def test_nothing_is_lost_or_doubled(pages: Any) -> None:
    pages.balance()
