"""The cart lives in a cookie of its own, `cart`, as `SKU*2!SKU*1`."""

import re
from collections.abc import Mapping
from email.utils import formatdate
from time import time

from chassis.web.reading import whole_number

COOKIE = "cart"
MOST_PIECES = 20
MOST_LINES = 30
THIRTY_DAYS = 30 * 24 * 3600  # seconds
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


def add(lines: Lines, sku: str, pieces: int) -> Lines:
    """With these pieces more, up to what one person may put into it."""
    if not _SKU.fullmatch(sku) or (sku not in lines and len(lines) >= MOST_LINES):
        return dict(lines)
    return {**lines, sku: min(lines.get(sku, 0) + pieces, MOST_PIECES)}


def written(lines: Lines) -> str:
    """As `Set-Cookie`; an empty cart takes the cookie away."""
    value = "!".join(f"{sku}*{pieces}" for sku, pieces in lines.items())
    seconds = THIRTY_DAYS if lines else 0
    expires = formatdate(time() + seconds if lines else 0, usegmt=True)
    return f"{COOKIE}={value}; Expires={expires}; Max-Age={seconds}; HttpOnly; Path=/; SameSite=Lax"
