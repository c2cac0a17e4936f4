"""Orders, both ways, without I/O: our words <-> the monolith's JSON."""

from collections.abc import Mapping as Fields
from typing import Any

from contracts.mark import mark, split
from contracts.orders import Line, Order, OrderRequest

Json = Fields[str, Any]


class NotAnOrder(ValueError):
    """The monolith answered something else than an order."""


def order_request_to_legacy(wanted: OrderRequest, saga_id: str) -> dict[str, Any]:
    """What `POST /api/orders` is sent. Raises ValueError where the mark has no room."""
    body: dict[str, Any] = {
        "lines": [{"sku": sku, "qty": pieces} for sku, pieces in wanted.lines.items()],
        "pay_method": wanted.pay_method,
        "po_number": mark(wanted.po_number, saga_id),
    }
    if wanted.ship is not None:
        body["ship"] = dict(wanted.ship)
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
