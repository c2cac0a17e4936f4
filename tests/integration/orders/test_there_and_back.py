"""The orders there, back, and there again, with the real monolith: nothing is lost, and each side
shows what the other one wrote."""

import asyncio
from typing import Any

import httpx2
import pytest

from new_services.verify import verification
from new_services.verify.books import books
from new_services.verify.settings import VerifySettings
from tests.rigs.ownership import reverse

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

ORDER = {"lines": [{"sku": "tent-0", "qty": 2}, {"sku": "MUG-0", "qty": 1}], "po_number": "PO 17"}
CARD = ORDER | {"pay_method": "card", "po_number": "x" * 100}
TRIES = 3
SETTLED = "SELECT phase FROM domain_owner WHERE domain = 'orders'"
WRITTEN = "SELECT order_no FROM written_order"
PAID = "SELECT status FROM payment WHERE order_no = %s"
ROWS = """
SELECT o.status, o.po_number, p.amount, p.method, p.status, count(l.id)
FROM orders o JOIN payment p ON p.order_id = o.id JOIN order_line l ON l.order_id = o.id
WHERE order_no = %s GROUP BY o.id, p.id
"""


@pytest.fixture(scope="module")
def reverse_role(postgres_server: Any, legacy_urls: tuple[str, str]) -> str:
    return reverse.role_at(postgres_server.url(), legacy_urls[0])


def _move(shop: Any, toward: str) -> dict[str, Any]:
    """A cutover that must succeed; a busy machine may need more than one attempt."""
    url = f"{shop.processes['orders'].url}/cutover/orders"
    for _ in range(TRIES):
        answer = httpx2.post(url, json={"toward": toward, "operator": "test"}, timeout=10)
        assert answer.status_code == 202, answer.text
        shop.until("settled", lambda: shop.value("orders", SETTLED) == "settled")
        standing: dict[str, Any] = httpx2.get(url, timeout=10).json()
        if standing["owner"] == toward:
            break
    outcome = [standing[name] for name in ("owner", "rogues", "words", "steps", "reverse")]
    assert outcome[:2] == [toward, []], outcome
    return standing


def _place(shop: Any, side: str, wanted: dict[str, Any]) -> dict[str, Any]:
    return dict(shop.place(side, wanted))


def _cancel(shop: Any, side: str, order: dict[str, Any]) -> dict[str, Any]:
    return dict(shop.cancel(side, order["order_no"]))


def _both_show(shop: Any, order: dict[str, Any]) -> None:
    """The monolith too, once the order has reached it."""
    path = f"/api/orders/{order['order_no']}"
    assert shop.ask("new", "GET", path).json() == order
    shop.until("the monolith has it", lambda: shop.ask("legacy", "GET", path).json() == order)


def _number(order: dict[str, Any]) -> int:
    return int(order["order_no"].rsplit("-", 1)[1])


def _balance(shop: Any) -> None:
    """Stock, movements, money: the same on all sides, and nothing is left over."""
    shop.settled()
    left = shop.query("legacy", "SELECT sku, qty FROM stock ORDER BY sku")
    ours = "SELECT sku, ledger FROM level WHERE updated <> '' ORDER BY sku"
    shop.until("stock mirrored", lambda: shop.query("inventory", ours) == left)
    moved = "SELECT sku, sum(qty_change)::int FROM stock_movement GROUP BY sku ORDER BY sku"
    assert shop.query("legacy", moved) == left
    reserved = "SELECT count(*) FROM level WHERE reserved <> 0"
    shop.until("nothing is reserved", lambda: shop.value("inventory", reserved) == 0)
    captured = "SELECT coalesce(sum(captured - refunded), 0) FROM provider.account"
    numbers = [row[0] for row in shop.query("orders", WRITTEN)]
    alive = (
        "SELECT coalesce(sum(total::numeric), 0) FROM orders"
        " WHERE status <> 'CANCELLED' AND order_no = ANY(%s)"
    )
    due = shop.value("legacy", alive, numbers)
    shop.until("the money is right", lambda: shop.value("payments", captured) == due)


def _books_balance(shop: Any) -> None:
    """By the verification's own laws, under either owner of the orders."""
    urls = {**shop.databases, "legacy": shop.owner}
    found = asyncio.run(books.check(urls, patience=30.0))
    broken = {law.name: law.breaches for law in found.laws if law.breaches}
    assert (broken, found.sums.orders) == ({}, len(shop.query("orders", WRITTEN)))


def _read_models_are_right(shop: Any) -> None:
    """As `fig verify` sees them."""
    urls = {f"{name}_url": shop.databases[name] for name in ("orders", "inventory")}
    settings = VerifySettings(legacy_url=shop.owner, patience=30.0, **urls)
    found = asyncio.run(verification.verify(settings, lambda _: None, only=("orders", "inventory")))
    broken = {law.name: law.breaches for law in found.laws if law.breaches}
    differ = {each.entity: each.differences for each in found.entities if each.differences}
    assert (broken, differ, found.unsettled) == ({}, {}, 0)


def _the_window_ends(shop: Any) -> None:
    """Orders are placed and cancelled here, and the monolith hears of none."""
    url = f"{shop.processes['orders'].url}/cutover/orders/close"
    assert httpx2.post(url, timeout=10).json()["window"] == "closed"
    late = [_place(shop, "new", CARD | {"po_number": f"late {number}"}) for number in range(2)]
    gone = _cancel(shop, "new", late[0])
    for order in (gone, late[1]):
        path = f"/api/orders/{order['order_no']}"
        assert shop.ask("new", "GET", path).json() == order
        assert shop.ask("legacy", "GET", path).status_code == 404
    newest = [order["order_no"] for order in shop.ask("new", "GET", "/api/orders").json()["orders"]]
    assert newest[:2] == [late[1]["order_no"], late[0]["order_no"]]
    shop.until("refunded", lambda: shop.value("payments", PAID, gone["order_no"]) == "refunded")
    _books_balance(shop)
    _read_models_are_right(shop)


def test_there_and_back_and_there(shop: Any) -> None:
    before, theirs = (
        _place(shop, "new", CARD | {"po_number": "PO 1"}),
        _place(shop, "legacy", ORDER),
    )
    shop.balance()
    there = _move(shop, "new")
    assert (there["window"], there["fence"]["owner"]) == ("open", "new")

    # ours: the next numbers, the whole text, and the monolith's pages show it
    card, invoice = _place(shop, "new", CARD), _place(shop, "new", ORDER)
    assert [_number(card), _number(invoice)] == [_number(theirs) + 1, _number(theirs) + 2]
    gone = _cancel(shop, "new", invoice)
    for order in (card, gone):
        _both_show(shop, order)
    assert shop.query("legacy", ROWS, card["order_no"]) == [
        ("PAID", "x" * 100, card["total"], "card", "CAPTURED", 2)
    ]
    assert shop.query("legacy", ROWS, gone["order_no"])[0][2:5] == (
        gone["total"], "invoice", "REFUNDED",
    )  # fmt: skip
    _cancel(shop, "new", theirs)

    # the monolith's own attempts get its own 503
    refused = shop.ask("legacy", "POST", "/api/orders", ORDER)
    assert refused.status_code == 503, refused.text
    listed = [shop.ask(side, "GET", "/api/orders").json()["orders"] for side in ("new", "legacy")]
    assert [each["order_no"] for each in listed[0]] == [each["order_no"] for each in listed[1]]

    _books_balance(shop)

    # back: the monolith goes on with its next number, and a cancellation there is refunded here
    back = _move(shop, "legacy")
    assert (back["window"], back["fence"]["owner"]) == ("closed", "legacy")
    _balance(shop)
    assert _number(_place(shop, "legacy", ORDER)) == _number(invoice) + 1
    for order in (card, before):
        _cancel(shop, "legacy", order)
        number = order["order_no"]
        shop.until("refunded", lambda n=number: shop.value("payments", PAID, n) == "refunded")
    _balance(shop)

    _books_balance(shop)

    again = _move(shop, "new")
    assert again["epoch"] == there["epoch"] + 2
    last = _place(shop, "new", ORDER)
    assert _number(last) == _number(invoice) + 2
    assert shop.ask("new", "POST", f"/api/orders/{card['order_no']}/cancel").status_code == 409
    _both_show(shop, last)
    _books_balance(shop)
    _move(shop, "legacy")
    _balance(shop)

    _move(shop, "new")
    _the_window_ends(shop)
