"""Orders, both ways, without I/O: our words <-> the monolith's JSON."""

from collections.abc import Mapping as Fields
from typing import Any

from contracts.mark import mark, split
from contracts.orders import Line, Order, Wish

Json = Fields[str, Any]


class NotAnOrder(ValueError):
    """The monolith answered something else than an order."""


def wish_to_legacy(wish: Wish, saga_id: str) -> dict[str, Any]:
    """What `POST /api/orders` is sent. Raises ValueError where the mark has no room."""
    body: dict[str, Any] = {
        "lines": [{"sku": sku, "qty": pieces} for sku, pieces in wish.lines.items()],
        "pay_method": wish.pay_method,
        "po_number": mark(wish.po_number, saga_id),
    }
    if wish.ship is not None:
        body["ship"] = dict(wish.ship)
    return body


def order_from_legacy(body: Any) -> Order:
    """An order as the monolith's API shows it. Raises NotAnOrder."""
    try:
        po_number, saga_id = split(body["po_number"])
        return Order(
            order_no=body["order_no"],
            status=body["status"],
            total=body["total"],
            po_number=po_number,
            pay_method=body["pay_method"],
            lines=tuple(_line(line) for line in body["lines"]),
            ship=body["ship"],
            created=body["created"],
            updated=body["updated"],
            saga_id=saga_id,
        )
    except (KeyError, TypeError) as error:
        raise NotAnOrder(f"not an order: {type(error).__name__}: {error}") from error


def _line(body: Json) -> Line:
    return Line(body["line_no"], body["sku"], body["name"], body["qty"], body["price"])
