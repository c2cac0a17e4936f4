"""All three windows closed, and monolith and feed frozen: every change arrives where it is shown.

| what changes | owner | seen at |
|---|---|---|
| somebody registers | accounts | orders (may order), sales (address of the single line) |
| an order, its cancellation | orders, inventory | orders, inventory, catalog (stock), sales |
| a price | catalog | catalog, orders (total of the next order), sales (price of its line) |
| a product that is not sold any more | catalog | inventory, orders |
| a count on the shelf | inventory | inventory, catalog |
"""

import asyncio
from typing import Any

import pytest

from new_services.verify import verification
from new_services.verify.settings import VerifySettings

pytestmark = [pytest.mark.integration, pytest.mark.timeout(400)]

DOMAINS = ("goods", "orders", "accounts")
COPIES = {
    "catalog": ["goods", "orders"],
    "orders": ["accounts", "goods", "orders"],
    "inventory": ["goods", "orders"],
    "sales": ["accounts", "goods", "orders"],
    "accounts": ["accounts"],
}
EVA, IDA = "eva@example.com", "ida@example.com"
LIST_PRICE = "SELECT fields->>'list_price' FROM mirror WHERE entity = 'product' AND key = '1'"
MOVED = """
SELECT reason, qty_change FROM stock_movement WHERE sku = 'TENT-0' AND reason = 'ADJUST' ORDER BY id
"""


def _order(whole: Any, email: str, pieces: int = 1) -> dict[str, Any]:
    """Placed; it may be promised first, or put off while something is not known yet."""
    shop = whole.shop
    shop.cookies[email] = "session=x"  # nobody asks the monolith whose it is
    wanted = {"lines": [{"sku": "TENT-0", "qty": pieces}], "pay_method": "card"}
    answers: list[Any] = []

    def answered() -> bool:
        answers.append(shop.ask("new", "POST", "/api/orders", wanted, email=email))
        return answers[-1].status_code != 503

    shop.until("an answer", answered)
    answer = answers[-1]
    if answer.status_code == 202:
        place = answer.headers["location"]

        def status() -> str:
            return str(shop.ask("new", "GET", place, email=email).json()["status"])

        shop.until("it is done", lambda: status() == "DONE")
        return dict(shop.ask("new", "GET", place, email=email).json()["order"])
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def _what_legacy_still_tells_of_is_the_same(shop: Any) -> None:
    """As `fig verify` sees it: no row is compared that the owner tells of now."""
    urls = {f"{name}_url": shop.databases[name] for name in COPIES}
    settings = VerifySettings(legacy_url=shop.owner, patience=30.0, **urls)
    found = asyncio.run(verification.verify(settings, lambda _: None, only=tuple(COPIES)))
    broken = {law.name: law.breaches for law in found.laws if law.breaches}
    differ = {each.entity: each.differences for each in found.entities if each.differences}
    assert (broken, differ, found.unsettled) == ({}, {}, 0)


def test_a_count_is_ours_while_the_window_is_open(whole: Any) -> None:
    """The monolith is given it once, and knows the same afterwards."""
    shop = whole.shop
    for domain in DOMAINS:
        whole.move(domain)
    # nothing moves by this one: the inventory hears within a second whose the orders are
    shop.until("the inventory knows", lambda: whole.count(50).status_code == 200)
    counts = {whole.count(60, key="again").status_code for _ in range(2)}
    assert counts == {200}
    shop.until("the monolith has it", lambda: shop.query("legacy", MOVED) == [("ADJUST", 10)])
    left = "SELECT qty FROM stock WHERE sku = 'TENT-0'"
    assert shop.value("legacy", left) == 60
    ahead = "SELECT ahead, quantity, ledger FROM level WHERE sku = 'TENT-0'"
    shop.until("the feed published it", lambda: shop.query("inventory", ahead) == [(0, 60, 60)])
    shop.until("the catalog shows it", lambda: whole.stock() == (60, 60))


def test_every_change_arrives_without_monolith_and_feed(whole: Any) -> None:
    shop = whole.shop
    whole.register(IDA)
    early = _order(whole, IDA)
    for domain in DOMAINS:
        whole.close(domain)
    for service, domains in COPIES.items():
        shop.until(f"{service} has heard", lambda s=service, d=domains: whole.heard(s) == d)
    whole.register(EVA)
    later = _order(whole, EVA)
    shop.until("the sale", lambda: len(whole.sold(later["order_no"])) == 1)
    _what_legacy_still_tells_of_is_the_same(shop)
    whole.freeze()

    placed = _order(whole, EVA, 2)
    path = f"/api/orders/{placed['order_no']}"
    assert shop.ask("new", "GET", path, email=EVA).json() == placed
    price = placed["lines"][0]["price"]
    sold = [("PAID", EVA, 2, price)]
    shop.until("the sale", lambda: whole.sold(placed["order_no"]) == sold)
    shop.until("once", lambda: len(whole.sold(early["order_no"])) == 1)
    shop.until("the stock", lambda: whole.stock() == (56, 56))

    # a copy that has missed something is made whole
    shop.query("orders", "UPDATE mirror SET fields = fields || '{\"list_price\": \"1\"}'"
               " WHERE entity = 'product'")  # fmt: skip
    whole.close("goods")
    shop.until("the old price", lambda: shop.query("orders", LIST_PRICE) == [("129.95",)])

    whole.save("77.00")
    assert whole.get("catalog", "/api/products/TENT").json()["price"] == "77.00"
    shop.until("the price", lambda: _order(whole, EVA)["total"] == "77.00")
    answer = shop.ask("new", "POST", f"{path}/cancel", email=EVA)
    assert answer.status_code in (200, 202), answer.text
    cancelled = [("CANCELLED", EVA, 2, price)]
    shop.until("cancelled", lambda: whole.sold(placed["order_no"]) == cancelled)

    assert whole.count(40).status_code == 200
    shop.until("counted", lambda: whole.stock() == (40, 40))
    whole.save("77.00", active=False)
    gone = "/api/stock/TENT-0"
    shop.until("not sold", lambda: whole.get("inventory", gone).status_code == 404)
    for service, path in (("catalog", "/api/products"), ("sales", "/internal/report")):
        answer = whole.get(service, path)
        assert answer.status_code == 200 and "fig-watermark" not in answer.headers
