"""Reading what an app sends as an order; everything wrong is said in words."""

from typing import Any

from legacy_monolith.shop.ordering import PAY_METHODS, OrderRequest

MOST_LINES = 50
MOST_PIECES = 99
LONGEST_PO_NUMBER = 100
SHIP_FIELDS = {"name": 100, "street": 200, "zip": 20, "city": 100}


class BadOrder(Exception):
    """What was sent is no order; the message says why."""


def read_order_request(body: Any) -> OrderRequest:
    """From a parsed JSON body; raises BadOrder."""
    if not isinstance(body, dict):
        raise BadOrder("an order is needed, as JSON")
    pay_method = body.get("pay_method", "invoice")
    if pay_method not in PAY_METHODS:
        raise BadOrder("pay_method: expected invoice or card")
    return OrderRequest(
        _lines(body.get("lines")), pay_method, _po_number(body), _ship(body.get("ship"))
    )


def _lines(given: Any) -> dict[str, int]:
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_LINES:
        raise BadOrder(f"lines: expected 1 to {MOST_LINES}")
    lines: dict[str, int] = {}
    for entry in given:
        sku, pieces = _line(entry)
        lines[sku] = lines.get(sku, 0) + pieces
    if max(lines.values()) > MOST_PIECES:
        raise BadOrder(f"lines: at most {MOST_PIECES} pieces of one article")
    return lines


def _line(entry: Any) -> tuple[str, int]:
    sku = entry.get("sku") if isinstance(entry, dict) else None
    pieces = entry.get("qty") if isinstance(entry, dict) else None
    if not isinstance(sku, str) or not sku.strip():
        raise BadOrder("lines: sku is missing")
    if type(pieces) is not int or pieces < 1:  # True is an int too, to Python
        raise BadOrder("lines: qty must be a whole number from 1")
    return sku.strip().upper(), pieces


def _po_number(body: dict[str, Any]) -> str | None:
    given = body.get("po_number")
    if given is None or given == "":
        return None
    if not isinstance(given, str) or len(given) > LONGEST_PO_NUMBER:
        raise BadOrder(f"po_number: expected text of at most {LONGEST_PO_NUMBER} characters")
    return given


def _ship(given: Any) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise BadOrder("ship: expected an object")
    ship: dict[str, str] = {}
    for name, longest in SHIP_FIELDS.items():
        value = given.get(name, "")
        if not isinstance(value, str) or len(value) > longest:
            raise BadOrder(f"ship.{name}: expected text of at most {longest} characters")
        ship[name] = value.strip()
    return ship
