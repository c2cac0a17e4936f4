"""Saga: an order is done once though its pivot was away, or it is undone, all of it."""

import re
from typing import Any

SKU = "SHO-10466-BLUE-40"


def test_an_order_that_had_to_wait_is_placed_once(shop: Any, tour: Any) -> None:
    said = tour("saga")
    assert "202 pending" in said["fig order"]
    saga = re.search(r"^saga (\S+)$", said["fig order"], re.MULTILINE)
    assert saga is not None
    assert shop.json("saga", saga[1])["phase"] == "done"
    page = shop.customer("legacy").ask("/api/orders?per_page=100").json
    assert sum((order["po_number"] or "").endswith(saga[1]) for order in page["orders"]) == 1


def test_an_order_that_cannot_be_is_undone(shop: Any, until: Any) -> None:
    def stock() -> int:
        return int(shop.ask(f"/api/stock/{SKU}", "inventory").json["stock"])

    before = stock()
    body = {"lines": [{"sku": SKU, "qty": 9}, {"sku": "SHO-10466-BLUE-41", "qty": 9999}]}
    reply = shop.customer().ask("/api/orders", "POST", {**body, "pay_method": "card"})
    assert 400 <= reply.status < 500, reply.body
    until("what was reserved is free again", lambda: stock() == before)
