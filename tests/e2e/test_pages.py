"""People on the shop's pages, while these are at the new side, at legacy, between both, and flipped
at each click. A browser where one is installed; customers who keep their sessions in any case.

FIG_PAGES_CUSTOMERS and FIG_PAGES_FLIPS make it more of them: 50 and 20 are the figures promised.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.rigs.chromium import CHROMIUM
from tests.rigs.shop.flipped_shop import IN_FORCE_SECONDS, PROJECT, Shop
from tests.rigs.shop.person import FLAGS, Person, Sight, assert_alike, screen

PASSWORD, ADMIN = "wander-2016", ("admin@example.org", "admin-2016")
CUSTOMERS = int(os.environ.get("FIG_PAGES_CUSTOMERS", "24"))
FLIPS = int(os.environ.get("FIG_PAGES_FLIPS", "8"))
WIDTHS = (390, 1280)  # of a phone, and of a screen on a desk, in pixels
OPEN = (  # to everybody
    *("/", "/search?q=jacket&sort=price", "/search?q=nothing-of-that", "/category/CLOTHING"),
    *("/login", "/register", "/cart", "/nowhere", "/product/NONE"),
)
OWN = ("/orders", "/orders/SO-0", "/admin/")
STAFFS = ("/admin/products?q=jacket", "/admin/report?from=2026-05-01&to=2026-05-02")
# By hand: longer, and with fewer people on a machine that is not ours alone.
LOAD_SECONDS = int(os.environ.get("FIG_PAGES_SECONDS", "12"))
SHADOW_SECONDS = int(os.environ.get("FIG_PAGES_SHADOW_SECONDS", "0"))
USERS = os.environ.get("FIG_PAGES_USERS", "20")
THINK = os.environ.get("FIG_PAGES_THINK", "0.3-1.5")
# Kinds of people with a browser, and how many: pages that few people open need pairs, too.
BROWSERS = {"PageVisitor": 2, "PageBuyer": 1, "Newcomer": 2, "Staff": 2, "Bookkeeper": 2}
PAGES = {  # that all shoppers together come by within a minute
    *("home-page", "search-page", "category-page", "product-page", "cart-page", "checkout-page"),
    *("orders-page", "order-page", "login-page", "register-page"),
    *("admin-page", "admin-home", "sales-report", "sales-csv"),
    *("admin-products-page", "admin-product-page", "pictures", "static-files", "favicon", "robots"),
}

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900 + LOAD_SECONDS + SHADOW_SECONDS)]


@pytest.fixture(scope="module")
def shop(
    tmp_path_factory: pytest.TempPathFactory,
    shared_port_base: int,
    shop_in: Callable[[Path], None],
) -> Iterator[Shop]:
    """With every page at the new side, when it starts."""
    made = Shop(tmp_path_factory.mktemp("pages"), shared_port_base)
    shop_in(Path(made.env["FIG_HOME"]))
    try:
        made.fig("up", "--detach")
        yield made
    finally:
        subprocess.run(
            [sys.executable, "-m", "fig", "down"],
            cwd=PROJECT, env=made.env, capture_output=True, timeout=120, check=False,
        )  # fmt: skip


def _token(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, page[:300]
    return found[1]


def _customer(shop: Shop, number: int) -> httpx2.Client:
    """A browser without a screen, logged in by the form."""
    client = httpx2.Client(base_url=shop.url, timeout=30)
    form = {
        "csrf": _token(client.get("/login").text),
        "email": f"kunde{number:03}@example.org",
        "password": PASSWORD,
    }
    answer = client.post("/login", data=form)
    assert (answer.status_code, answer.headers.get("location")) == (302, "/?ok=hello"), answer.text
    return client


def test_customers_keep_their_sessions_through_flips_in_both_directions(shop: Shop) -> None:
    """And a form that was fetched on one side is sent to the other."""
    shop.move("canary", 100)
    with ThreadPoolExecutor(4) as pool:
        clients = list(pool.map(lambda number: _customer(shop, number), range(1, CUSTOMERS + 1)))
        for percent in itertools.islice(itertools.cycle((0, 100)), FLIPS):
            tokens = list(pool.map(lambda each: _token(each.get("/orders").text), clients))
            shop.move("canary", percent)
            list(pool.map(_still_logged_in, clients, range(1, CUSTOMERS + 1), tokens))
        for each in clients:
            each.close()
    shop.move("new")


def _still_logged_in(client: httpx2.Client, number: int, token: str) -> None:
    me = client.get("/api/me")
    assert me.json()["email"] == f"kunde{number:03}@example.org", me.text
    page = client.get("/orders")
    assert page.status_code == 200, page.text[:300]
    added = client.post("/cart/update", data={"csrf": token})
    assert (added.status_code, added.headers.get("location")) == (302, "/cart?ok=updated"), (
        added.text
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with api.sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        made.close()


def _shops(browser: Any, shop: Shop, then: Callable[[], None]) -> None:
    """Search, cart, checkout, order, cancel."""
    anna = Person(browser, shop, then)
    anna.goes_to("/")
    anna.page.fill("form.find input[name=q]", "jacket")
    anna.click("form.find button")
    anna.goes_to("/search?sort=price")
    buyable = "ul.tiles li:has(.stock:not(.none)) a"
    anna.click(f"{buyable} >> nth=0")
    anna.click("form.buy button")
    anna.sees("Added to your cart.")
    anna.click("p.actions a.button")
    anna.logs_in("kunde007@example.org", PASSWORD)
    if not anna.page.url.endswith("/checkout"):
        anna.goes_to("/checkout")
    anna.page.fill("input[name=po_number]", "KST 4711")
    anna.page.check("input[name=pay_method][value=invoice]")
    anna.click("form.columns button.button")
    anna.sees("KST 4711")
    anna.click("main .listhead form button")
    anna.sees("The order is cancelled; you get your money back.")
    anna.goes_to("/orders")
    anna.sees("KST 4711")
    anna.click("nav.me form button")
    anna.sees("You are logged out.")
    anna.leaves()


def _registers(browser: Any, shop: Shop, then: Callable[[], None]) -> None:
    """A stranger opens an account, and is known on both sides."""
    eva, email = Person(browser, shop, then), f"eva{secrets.token_hex(4)}@example.org"
    eva.goes_to("/register")
    for name, text in {"email": email, "password": "pass word 1", "name": "Eva <Ö>"}.items():
        eva.page.fill(f"main input[name={name}]", text)
    eva.click("form.card button")
    eva.sees("Welcome! Your account is ready.")
    for address in (shop.url, shop.legacy):
        login = {"email": email, "password": "pass word 1"}
        assert httpx2.post(f"{address}/api/login", json=login, timeout=30).json()["ok"] == "Y"
    eva.leaves()


def _works(browser: Any, shop: Shop, then: Callable[[], None]) -> None:
    """One of the staff changes a price and counts stock, and sees it on both sides."""
    boss = Person(browser, shop, then)
    boss.goes_to("/admin/products")
    boss.logs_in(*ADMIN)
    if not boss.page.url.endswith("/admin/products"):
        boss.goes_to("/admin/products")
    boss.click("table.lines tbody td a >> nth=0")
    sku = boss.page.url.rpartition("/")[2].partition("?")[0]
    price, pieces = f"{100 + secrets.randbelow(800)}.{secrets.randbelow(90) + 10}", "4321"
    boss.page.fill("input[name=price]", price)
    boss.click("main fieldset >> nth=0 >> button")
    boss.sees("Saved.")
    assert boss.page.input_value("input[name=price]") == price
    boss.page.fill("form.count input[name=qty] >> nth=0", pieces)
    boss.click("form.count button >> nth=0")
    boss.sees("Saved.")
    assert boss.page.input_value("form.count input[name=qty] >> nth=0") == pieces
    boss.sees("ADJUST")
    variant = boss.page.input_value("form.count input[name=variant] >> nth=0")
    product = httpx2.get(f"{shop.legacy}/api/products/{sku}", timeout=30).json()
    stock = httpx2.get(f"{shop.legacy}/api/stock/{variant}", timeout=30).json()
    assert (product["list_price"], stock["stock"]) == (price, int(pieces))
    boss.page.fill("form.count input[name=qty] >> nth=0", "9")
    boss.click("form.count button >> nth=0")
    boss.leaves()


def _everything(browser: Any, shop: Shop, then: Callable[[], None] = lambda: None) -> None:
    _shops(browser, shop, then)
    _registers(browser, shop, then)
    _works(browser, shop, then)


def test_a_browser_goes_through_the_shop_at_the_new_side(browser: Any, shop: Shop) -> None:
    shop.move("new")
    _everything(browser, shop)


def test_the_pages_look_as_the_monoliths_on_a_phone_and_on_a_desk(browser: Any, shop: Shop) -> None:
    """To the pixel, whole; and none is wider than the screen."""
    old, new = (_pictures(browser, shop, address) for address in (shop.legacy, shop.url))
    assert_alike(old=old, new=new)


def test_a_page_looks_the_same_each_time(browser: Any, shop: Shop) -> None:
    """However fast its parts come, and shown again in the same window; else no two sides would."""
    path, answers = _buyable(shop), dict[str, dict[str, Any]]()
    how = {"base_url": shop.legacy, "viewport": screen(1280)}
    for _ in range(6):
        person = Person(browser, shop, **how)
        person.is_answered_at_once(answers)
        person.goes_to(path)
        first = person.sees_it_whole(1280)
        person.page.set_content(person.page.content())
        assert_alike(first={path: first}, again={path: person.sees_it_whole(1280)})
        person.leaves()


def _buyable(shop: Shop) -> str:
    """A product's page."""
    listed = httpx2.get(f"{shop.legacy}/api/products?sort=newest", timeout=30).json()["products"]
    return next(f"/product/{each['sku']}" for each in listed if each["stock_text"] != "Sold out")


def _pictures(browser: Any, shop: Shop, address: str) -> dict[str, Sight]:
    """Pages by their paths and widths, as a stranger, a customer and one of the staff see them.

    Each is opened and used at a phone's width, and also looked at when it is made wider.
    """
    found = {}

    def looks(person: Person, page: str) -> None:
        for width in (*WIDTHS[1:], WIDTHS[0]):
            found[f"{page} {width}"] = person.sees_it_whole(width)

    people = {("", ""): OPEN, ("kunde009@example.org", PASSWORD): OWN, ADMIN: STAFFS}
    for (email, password), paths in people.items():
        person = Person(browser, shop, base_url=address, viewport=screen(WIDTHS[0]))
        if email:
            person.goes_to("/login")
            person.logs_in(email, password)
        for path in paths:
            person.goes_to(path)
            looks(person, path)
        if not email:
            person.goes_to(_buyable(shop))
            looks(person, "a product")
            person.click("form.buy button")
            looks(person, "a cart with something in it")
        person.leaves()
    return found


def test_the_same_at_a_canary_of_half(browser: Any, shop: Shop) -> None:
    shop.move("canary", 50)
    _everything(browser, shop)


def test_the_same_with_a_flip_after_every_click(browser: Any, shop: Shop) -> None:
    percents = itertools.cycle((0, 100))
    shop.move("canary", 100)
    _everything(browser, shop, lambda: shop.move("canary", next(percents)))


def test_the_same_at_legacy(browser: Any, shop: Shop) -> None:
    shop.move("canary", 100)
    shop.move("shadow")
    shop.move("legacy")
    _everything(browser, shop)


def _everybody_shops(shop: Shop, seconds: int, kinds: Mapping[str, int] | None = None) -> str:
    """Newcomers and staff among them; what Locust says of wrong answers, empty without any.

    `kinds`: classes of the load test and their weights, where only these shall come.
    """
    people = ["--everyone", "--users", USERS, "--spawn-rate", "20", "--think", THINK]
    if kinds:
        weights = [{"user_class_name": each, "weight": weight} for each, weight in kinds.items()]
        people += [*kinds, "--config-users", json.dumps(weights)]
    done = shop.run("load", "--time", f"{seconds}s", *people, seconds=seconds)
    print(done.stdout, done.stderr)
    return done.stdout + done.stderr if done.returncode else ""


@pytest.mark.skipif(not SHADOW_SECONDS, reason="by hand: FIG_PAGES_SHADOW_SECONDS=75")
def test_no_page_differs_in_shadow_under_shoppers(shop: Shop) -> None:
    """`pytest -s` prints a line for each route."""
    shop.to_shadow()
    shop.fig("compare", "--reset")
    failures = _everybody_shops(shop, SHADOW_SECONDS, BROWSERS)
    found = {route["route"]: route for route in _settled(shop)}
    for name, one in found.items():
        print(f"| `{name}` | {' | '.join(map(str, _figures(one)))} |")
    wrong = {name: one["clusters"] for name, one in found.items() if one["mismatched"]}
    assert not wrong
    assert not {name for name in PAGES if name not in found or not found[name]["compared"]}
    assert not failures


def _figures(one: dict[str, Any]) -> tuple[Any, ...]:
    """Compared pairs, those that differ, raced ones, those that were not judged, and the share of
    wrong answers that they exclude: at this one look, and however often one looks.
    """
    lost = sum(sum(one[kind].values()) for kind in ("failed", "skipped", "shed"))
    once = f"{100 * one['upper_bound']:.2f} %"
    return one["compared"], one["mismatched"], one["raced"], lost, once, one["told"]["bound"]


def _settled(shop: Shop) -> list[dict[str, Any]]:
    """Once every pair is judged."""
    deadline = time.monotonic() + IN_FORCE_SECONDS
    while True:
        said = shop.run("compare", "--json").stdout  # nothing where a busy machine did not answer
        found = json.loads(said or "{}")
        if found and not found["waiting"]:
            routes: list[dict[str, Any]] = found["routes"]
            return [one for one in routes if one["dispatched"]]
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def test_nothing_is_lost_or_doubled_by_shoppers_at_the_new_side(shop: Shop) -> None:
    shop.to_shadow()
    shop.move("canary", 50)
    shop.move("new")
    failures = _everybody_shops(shop, LOAD_SECONDS)
    print(shop.fig("verify"))
    assert not failures
