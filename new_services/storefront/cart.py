"""The cart lives in a cookie of its own, `cart`, as `SKU*2!SKU*1`."""

import re
from collections.abc import Mapping

from new_services.storefront.request import whole_number

COOKIE = "cart"
MOST_PIECES = 20
MOST_LINES = 30
_SKU = re.compile(r"[A-Z0-9-]{1,30}")

Lines = dict[str, int]  # variant sku -> pieces


def read_cart(cookies: Mapping[str, str]) -> Lines:
    """What is in it; what cannot be read is left out."""
    lines: Lines = {}
    for part in cookies.get(COOKIE, "").split("!"):
        sku, _, pieces = part.partition("*")
        if _SKU.fullmatch(sku) and len(lines) < MOST_LINES:
            lines[sku] = min(whole_number(pieces, 1), MOST_PIECES)
    return lines


def pieces_of(lines: Lines) -> int:
    """All together."""
    return sum(lines.values())
