"""CQRS: reads come from documents; a late document is not shown to the client that wrote."""

from typing import Any


def test_who_wrote_sees_it_though_the_read_model_stands_still(shop: Any, tour: Any) -> None:
    said = tour("cqrs")
    assert "read back: 200; side=legacy" in said["fig order"], "declined, and legacy was asked"
    assert "reason=fallback" in said["fig order"]


def test_what_is_read_is_what_was_written(shop: Any) -> None:
    document = shop.json("order")
    order_no = document["order_no"]
    shop.fig("get", f"/api/orders/{order_no}", "--customer", "--until", "side=new")
    new = shop.customer().ask(f"/api/orders/{order_no}").json
    legacy = shop.customer("legacy").ask(f"/api/orders/{order_no}").json
    marked = legacy.pop("po_number")
    assert new.pop("po_number") == "fig order"
    assert marked.endswith(f"~{document['saga']}"), "the mark that the new side takes away"
    assert new == legacy
