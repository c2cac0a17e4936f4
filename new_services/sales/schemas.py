"""What a request for a page says, read as legacy reads it."""

import re
from dataclasses import dataclass

from fastapi import Request

MOST_PIECES = 20
MOST_LINES = 30
_SKU = re.compile(r"[A-Z0-9-]{1,30}")


@dataclass(frozen=True, slots=True)
class Asked:
    """The days as they were typed, what the page before has to tell, pieces in the cart."""

    first: str
    last: str
    notice: str
    pieces: int


def read(request: Request) -> Asked:
    """Of a repeated parameter the first value."""
    first: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        first.setdefault(name, value)
    return Asked(
        first.get("from", ""),
        first.get("to", ""),
        first.get("ok", ""),
        cart_pieces(request.cookies.get("cart", "")),
    )


def cart_pieces(cookie: str) -> int:
    """Of `SKU*2!SKU*1`; what cannot be read is left out."""
    lines: dict[str, int] = {}
    for part in cookie.split("!"):
        sku, _, pieces = part.partition("*")
        if _SKU.fullmatch(sku) and len(lines) < MOST_LINES:
            lines[sku] = min(_whole_number(pieces), MOST_PIECES)
    return sum(lines.values())


def _whole_number(text: str) -> int:
    try:
        return max(int(text or ""), 1)
    except ValueError:
        return 1
