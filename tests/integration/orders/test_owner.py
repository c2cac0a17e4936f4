"""Orders that the new side owns: placed, read and cancelled in its own tables, as the monolith
would have done it, and with nothing of it asked.

The cutover is played: the record's row says who owns the orders, and the numbers are handed over.
"""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.integration

ORDER = {"lines": [{"sku": "tent-0", "qty": 2}, {"sku": "MUG-0", "qty": 1}], "po_number": "PO 17"}
OWN = """
UPDATE domain_owner SET owner = %s, epoch = epoch + 1, phase = 'settled', window_open = true
WHERE domain = 'orders'
"""
SOLD = "SELECT order_no FROM owned_order WHERE placed AND content LIKE '%TENT-1%'"
NUMBERS = """
SELECT split_part(order_no, '-', 3)::int FROM owned_order WHERE placed ORDER BY order_id
"""
LONG = "x" * 100


@pytest.fixture(scope="module")
def ours(shop: Any) -> Iterator[Any]:
    """The shop, once the orders are ours; one order was placed before."""
    shop.before = shop.ask("new", "POST", "/api/orders", ORDER | {"pay_method": "card"}).json()
    shop.like = shop.ask("legacy", "POST", "/api/orders", ORDER).json()
    shop.balance()
    highest = shop.query("legacy", "SELECT max(id), max(split_part(order_no, '-', 3)::int)"
                                   " FROM orders")[0]  # fmt: skip
    for sequence, number in zip(("owned_order_id", "owned_order_no"), highest, strict=True):
        shop.query("orders", f"SELECT setval('{sequence}', %s)", number)
    shop.query("orders", OWN, "new")
    shop.counted = shop.value("legacy", "SELECT count(*) FROM orders")
    yield shop
    assert shop.value("legacy", "SELECT count(*) FROM orders") == shop.counted


def _ledger(shop: Any, sku: str) -> tuple[int, int]:
    found = shop.query("inventory", "SELECT ledger, reserved FROM level WHERE sku = %s", sku)
    return found[0]


def test_an_order_is_the_one_that_the_monolith_would_have_written(ours: Any) -> None:
    """While the monolith stands still: nothing of it is needed."""
    ours.legacy.signal(19)
    try:
        left = _ledger(ours, "TENT-0")
        placed = ours.ask("new", "POST", "/api/orders", ORDER)
        assert placed.status_code == 201, placed.text
        order = placed.json()
        last = int(ours.like["order_no"].rsplit("-", 1)[1])
        assert order["order_no"] == f"{ours.like['order_no'][:8]}{last + 1:06d}"
        times = {name: order[name] for name in ("order_no", "created", "updated")}
        assert order == ours.like | times
        path = f"/api/orders/{order['order_no']}"
        assert ours.ask("new", "GET", path).json() == order
        assert ours.ask("new", "GET", "/api/orders").json()["orders"][0] == order
        assert _ledger(ours, "TENT-0") == (left[0] - 2, left[1])

        cancelled = ours.ask("new", "POST", f"{path}/cancel")
        assert (cancelled.status_code, cancelled.json()["status"]) == (200, "CANCELLED")
        assert ours.ask("new", "GET", path).json() == cancelled.json()
        assert _ledger(ours, "TENT-0") == left
    finally:
        ours.legacy.signal(18)
    listed = "SELECT entity, key FROM owned_change ORDER BY seq DESC LIMIT 2"
    assert ours.query("orders", listed) == [("order", order["order_no"])] * 2
    moved = "SELECT key FROM owned_change ORDER BY seq DESC LIMIT 4"
    names = [f"{reason}:{order['order_no']}:{sku}" for reason in ("CANCEL", "SALE")
             for sku in ("TENT-0", "MUG-0")]  # fmt: skip
    assert [row[0] for row in ours.query("inventory", moved)] == names


def test_refusals_are_in_the_monoliths_words(ours: Any) -> None:
    """It still has the same stock and goods, and has refused nothing yet."""
    many = {"lines": [{"sku": "TENT-1", "qty": 9}]}
    for wanted in (
        many,
        {"lines": [{"sku": "OLD-0", "qty": 1}]},
        {"lines": [{"sku": "x", "qty": 1}]},
    ):
        sides = [ours.ask(side, "POST", "/api/orders", wanted) for side in ("new", "legacy")]
        assert sides[0].status_code == sides[1].status_code != 201
        assert sides[0].json() == sides[1].json()
    mine = ours.ask("new", "POST", "/api/orders", {"lines": [{"sku": "MUG-0", "qty": 1}]}).json()
    path = f"/api/orders/{mine['order_no']}/cancel"
    nobodys = ours.ask("legacy", "POST", path, email="ben@example.com")
    not_bens = ours.ask("new", "POST", path, email="ben@example.com")
    assert (not_bens.status_code, not_bens.json()) == (nobodys.status_code, nobodys.json())
    ours.ask("new", "POST", path).raise_for_status()
    again = ours.ask("new", "POST", path)
    words = {"error": "order cannot be cancelled", "status": "CANCELLED"}
    assert (again.status_code, again.json()) == (409, words)


def test_the_customers_text_has_all_its_room_and_no_mark(ours: Any) -> None:
    wanted = {"lines": [{"sku": "MUG-0", "qty": 1}], "po_number": LONG}
    order = ours.ask("new", "POST", "/api/orders", wanted)
    assert (order.status_code, order.json()["po_number"]) == (201, LONG)


def test_an_order_from_before_is_cancelled_here_and_paid_back(ours: Any) -> None:
    path = f"/api/orders/{ours.before['order_no']}"
    cancelled = ours.ask("new", "POST", f"{path}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "CANCELLED")
    assert ours.ask("new", "GET", path).json() == cancelled.json()
    refunded = "SELECT status FROM payment WHERE order_no = %s"
    assert ours.value("payments", refunded, ours.before["order_no"]) == "refunded"


def test_one_key_places_one_order(ours: Any) -> None:
    wanted = {"lines": [{"sku": "MUG-0", "qty": 1}]}
    keyed = {"headers": {"Idempotency-Key": "once"}}
    numbers = {ours.ask("new", "POST", "/api/orders", wanted, **keyed).json()["order_no"]
               for _ in range(3)}  # fmt: skip
    assert len(numbers) == 1


def test_the_last_pieces_are_sold_once(ours: Any) -> None:
    """Three are left, and sixteen ask."""
    wanted, answers = {"lines": [{"sku": "TENT-1", "qty": 1}, {"sku": "MUG-0", "qty": 1}]}, []

    def order() -> None:
        answers.append(ours.ask("new", "POST", "/api/orders", wanted))

    asking = [threading.Thread(target=order) for _ in range(16)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert {answer.status_code for answer in answers} <= {201, 202, 409}
    ours.until("sagas ended", lambda: not ours._open())
    assert _ledger(ours, "TENT-1") == (0, 0)
    sold = {row[0] for row in ours.query("orders", SOLD)}
    assert len(sold) == 3
    assert {each.json()["order_no"] for each in answers if each.status_code == 201} <= sold


def test_the_numbers_have_no_gap(ours: Any) -> None:
    """Also where an order was refused."""
    numbers = [row[0] for row in ours.query("orders", NUMBERS)]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_what_was_held_while_the_monolith_decided_is_gated_before_it_is_written(ours: Any) -> None:
    """An order that began under the monolith, and comes to its pivot under us."""
    ours.query("orders", "UPDATE domain_owner SET phase = 'moving'")
    placed: list[Any] = []
    wanted = {"lines": [{"sku": "MUG-0", "qty": 1}]}
    asking = threading.Thread(
        target=lambda: placed.append(ours.ask("new", "POST", "/api/orders", wanted))
    )
    asking.start()
    held = "SELECT count(*) FROM claim WHERE status = 'held'"
    ours.until("it waits", lambda: ours.value("inventory", held) == 1)
    ours.query("orders", OWN, "new")
    asking.join()
    assert placed[0].status_code in (201, 202)
    ours.until("written", lambda: ours.value("inventory", held) == 0)
    epoch = ours.value("orders", "SELECT epoch FROM domain_owner")
    last = "SELECT status, epoch FROM claim ORDER BY changed DESC LIMIT 1"
    assert ours.query("inventory", last) == [("sold", epoch)]
