"""All three windows closed, and monolith and feed frozen: every change arrives where it is shown.

| what changes | owner | seen in |
|---|---|---|
| a stranger registers | accounts | their order (orders); their address in the spreadsheet (sales) |
| an order | orders, inventory | the list and its page (orders); report and spreadsheet (sales);
                              stock (inventory); stock and text of the product (catalog) |
| its cancellation | orders, inventory | the same |
| a price | catalog | the product (catalog); the next order's total (orders) |
| a product that is not sold any more | catalog | its stock (inventory); no order of it (orders) |
"""

import contextlib
import json
import os
import re
import signal
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
PROJECT = Path(__file__).parents[3]
MOVED = re.compile("domain: (goods|orders|accounts)")
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
ADMIN = {"email": "admin@example.org", "password": "admin-2016"}
ADDRESS = {"street": "Gasse 1", "zip": "6020", "city": "Füssen"}
DOMAINS = ("goods", "orders", "accounts")
GONE = ("legacy", "feed")


@pytest.fixture
def shop(fig, home, port_base) -> "Iterator[Shop]":
    """A stack with every route of the three domains at `new`."""
    entries = re.split(
        r"(?=^  - name: )", (PROJECT / "routes.yaml").read_text(), flags=re.MULTILINE
    )
    routes = home.parent / "routes.yaml"
    routes.write_text("".join(
        one.replace("stage: legacy", "stage: new", 1) if MOVED.search(one) else one
        for one in entries
    ))  # fmt: skip
    fig.variables = {"FIG_ROUTES": str(routes)}
    up = fig("up", "--detach", FIG_PORT_BASE=str(port_base))
    assert up.returncode == 0, up.stderr
    with Shop(fig) as made:
        yield made


class Shop:
    """Its customers and staff, by the facade."""

    def __init__(self, fig: Any) -> None:
        self.fig = fig
        self.url = f"http://127.0.0.1:{fig.state.ports['facade']}"
        self._frozen: list[int] = []
        self._open = contextlib.ExitStack()

    def __enter__(self) -> "Shop":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        for group in self._frozen:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGCONT)

    def freeze(self, *names: str) -> None:
        for name in names:
            process = self.fig.state.process(name)
            os.killpg(process.pid, signal.SIGSTOP)
            self._frozen.append(process.pid)

    def cutover(self, domain: str, *words: str) -> dict[str, Any]:
        done = self.fig("cutover", domain, "--json", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return dict(json.loads(done.stdout.strip().splitlines()[-1]))

    def browser(self) -> httpx2.Client:
        return self._open.enter_context(httpx2.Client(base_url=self.url, timeout=30))

    def send(self, person: httpx2.Client, page: str, path: str, **fields: str) -> httpx2.Response:
        """A form of this page."""
        token = TOKEN.search(person.get(page).text)
        assert token is not None, page
        return person.post(path, data={**fields, "csrf": token[1]})

    def registered(self, email: str) -> httpx2.Client:
        person = self.browser()
        form = {"email": email, "name": "Eva", "password": "pass word", **ADDRESS}
        answer = self.send(person, "/register", "/register", **form)
        assert answer.status_code == 302, answer.text
        return person

    def boss(self) -> httpx2.Client:
        person = self.browser()
        answer = self.send(person, "/login", "/login", **ADMIN)
        assert answer.status_code == 302, answer.text
        return person

    def order(self, person: httpx2.Client, sku: str, pieces: int = 1) -> dict[str, Any]:
        """Placed; on a busy machine it may be promised first, or put off while prices are old."""
        body = {"lines": [{"sku": sku, "qty": pieces}], "pay_method": "card"}
        answers: list[httpx2.Response] = []

        def answered() -> bool:
            answers.append(person.post("/api/orders", json=body))
            return answers[-1].status_code != 503

        try:
            self.until("an answer", answered)
        except AssertionError as error:
            ready = [
                f"http://127.0.0.1:{self.fig.state.ports[name]}/readyz" for name in ("orders",)
            ]
            told = [httpx2.get(url).text for url in ready]
            raise AssertionError(f"{answers[-1].text} {told}") from error
        answer = answers[-1]
        if answer.status_code == 202:
            place = answer.headers["location"]
            self.until("placed", lambda: person.get(place).json()["status"] == "DONE")
            return dict(person.get(place).json()["order"])
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def product(self, sku: str) -> dict[str, Any]:
        return dict(self.browser().get(f"/api/products/{sku}").json())

    def sold(self, boss: httpx2.Client) -> list[str]:
        """Today's lines of the spreadsheet."""
        today = datetime.now(ZoneInfo("Europe/Berlin")).date().isoformat()
        told = boss.get(f"/admin/report.csv?from={today}&to={today}")
        assert told.status_code == 200, told.text
        return told.text.splitlines()

    until: Any = None


def _one_to_buy(shop: Shop) -> tuple[str, dict[str, Any]]:
    """A variant with plenty of pieces, and its product."""
    listed = shop.browser().get("/api/products").json()["products"]
    for item in listed:
        product = shop.product(item["sku"])
        for variant in product["variants"]:
            if variant["stock"] > 20:
                return variant["sku"], product
    raise AssertionError("nothing to buy")


def _pieces(shop: Shop, sku: str, variant: str) -> int:
    return int(next(v["stock"] for v in shop.product(sku)["variants"] if v["sku"] == variant))


def _price(amount: str) -> dict[str, str]:
    return {"name": "Prüfzelt", "price": amount, "disc_pct": "", "active": "1"}


def test_every_change_arrives_without_monolith_and_feed(shop, wait_for) -> None:
    shop.until = wait_for
    for domain in DOMAINS:
        shop.cutover(domain, "--bound", "100%")
    variant, product = _one_to_buy(shop)
    sku, before = product["sku"], _pieces(shop, product["sku"], variant)
    early = shop.registered("early@example.org")
    first = shop.order(early, variant)
    for domain in DOMAINS:
        assert shop.cutover(domain, "--close", "--yes")["window"] == "closed"
    shop.freeze(*GONE)

    boss, eva = shop.boss(), shop.registered("eva@example.org")
    placed = shop.order(eva, variant, 2)
    listed = eva.get("/api/orders").json()["orders"]
    assert [each["order_no"] for each in listed] == [placed["order_no"]]
    assert eva.get(f"/orders/{placed['order_no']}").status_code == 200
    wait_for("the catalog's stock", lambda: _pieces(shop, sku, variant) == before - 3)
    assert eva.get(f"/api/stock/{variant}").json()["stock"] == before - 3
    row = f"{placed['order_no']};"
    wait_for("the sale", lambda: any(
        line.startswith(row) and ";PAID;eva@example.org;" in line for line in shop.sold(boss)
    ))  # fmt: skip
    assert sum(first["order_no"] in line for line in shop.sold(boss)) == 1
    assert "not listed any more" not in boss.get("/admin/report").text

    # a price, and a cancellation
    page = f"/admin/products/{sku}"
    assert shop.send(boss, page, page, **_price("77.00")).status_code == 302
    assert shop.product(sku)["price"] == "77.00"
    dearer = float(placed["total"])
    wait_for("the price of an order", lambda: _total(shop, eva, variant) != dearer / 2)
    gone = eva.post(f"/api/orders/{placed['order_no']}/cancel")
    assert gone.status_code in (200, 202), gone.text
    wait_for("cancelled", lambda: any(
        line.startswith(row) and ";CANCELLED;" in line for line in shop.sold(boss)
    ))  # fmt: skip

    # not sold any more
    sold = {key: text for key, text in _price("77.00").items() if key != "active"}
    assert shop.send(boss, page, page, **sold).status_code == 302
    wait_for("unknown to stock", lambda: eva.get(f"/api/stock/{variant}").status_code == 404)
    body = {"lines": [{"sku": variant, "qty": 1}]}
    refused = eva.post("/api/orders", json=body)
    assert (refused.status_code, refused.json()["error"]) == (400, "unknown sku")

    # no read model waits for the feed, and the books balance without the monolith
    for path in ("/api/products", f"/api/stock/{variant}"):
        assert "fig-watermark" not in eva.get(path).headers
    alone = shop.fig("verify", "--alone", "--json")
    assert alone.returncode == 0, alone.stdout + alone.stderr


def _total(shop: Shop, person: httpx2.Client, variant: str) -> float:
    return float(shop.order(person, variant)["total"])
