"""Orders, both ways, without I/O: our words <-> the monolith's JSON, and its rows -> facts."""

from collections.abc import Mapping as Fields
from typing import Any

from contracts.orders import Line, Order, Wish
from new_services.anticorruption.mapping import (
    Convert,
    Field,
    Mapping,
    flag,
    moment,
    number,
    percentage,
    text,
    whole,
)
from new_services.anticorruption.mark import SAGA_SQL, TEXT_SQL, mark, split
from new_services.anticorruption.translator import LegacyTranslator

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


customers_text = Convert(lambda value: split(value)[0], TEXT_SQL)
saga_mark = Convert(lambda value: split(value)[1], SAGA_SQL)

ORDER, LINE, CUSTOMER, PRODUCT, VARIANT = "order", "line", "customer", "product", "variant"

MAPPINGS = (
    Mapping(
        "orders",
        ORDER,
        "id",
        (
            Field("id", "id", whole),
            Field("order_no", "order_no", text),
            Field("customer_id", "customer_id", whole),
            Field("status", "status", text),
            Field("total", "total", text),
            Field("po_number", "po_number", customers_text),
            Field("saga_id", "po_number", saga_mark),
            Field("pay_method", "pay_method", text),
            *(Field(f"ship_{part}", f"ship_{part}", text) for part in ("name", "street")),
            *(Field(f"ship_{part}", f"ship_{part}", text) for part in ("zip", "city")),
            Field("created", "created", moment),
            Field("updated", "updated", moment),
        ),
    ),
    Mapping(
        "order_line",
        LINE,
        "id",
        (
            Field("order_id", "order_id", whole),
            Field("line_no", "line_no", whole),
            Field("sku", "sku", text),
            Field("name", "name", text),
            Field("quantity", "qty", whole),
            Field("price", "price", text),
        ),
    ),
    Mapping(
        "customer",
        CUSTOMER,
        "id",
        (Field("email", "email", text), Field("name", "name", text)),
    ),
    Mapping(
        "product",
        PRODUCT,
        "id",
        (
            Field("list_price", "price", number),
            Field("discount_percent", "disc_pct", percentage),
            Field("active", "active", flag),
        ),
    ),
    Mapping(
        "variant",
        VARIANT,
        "id",
        (
            Field("product_id", "product_id", whole),
            Field("sku", "sku", text),
            Field("price_difference", "price_diff", number),
            Field("active", "active", flag),
        ),
    ),
)


def translator() -> LegacyTranslator:
    """The Translator of the legacy feed for the orders service."""
    return LegacyTranslator(MAPPINGS)
