"""The cart lives in a cookie of its own, `cart`, as `SKU*2!SKU*1`: no session, no database."""

import re

from werkzeug.wrappers import Response

from legacy_monolith.shop.texts import whole_number

COOKIE = "cart"
THIRTY_DAYS = 30 * 24 * 3600
MOST_PIECES = 20
MOST_LINES = 30
SKU = re.compile(r"[A-Z0-9-]{1,30}")


def read(cookie: str | None) -> dict[str, int]:
    """Variant sku → pieces; whatever cannot be read is left out."""
    lines: dict[str, int] = {}
    for part in (cookie or "").split("!"):
        sku, _, pieces = part.partition("*")
        if SKU.fullmatch(sku) and len(lines) < MOST_LINES:
            lines[sku] = min(whole_number(pieces, 1), MOST_PIECES)
    return lines


def write(response: Response, lines: dict[str, int]) -> None:
    """Put the cart into the answer; an empty one goes away."""
    if not lines:
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="Lax")
        return
    value = "!".join(f"{sku}*{pieces}" for sku, pieces in lines.items())
    response.set_cookie(COOKIE, value, max_age=THIRTY_DAYS, path="/", httponly=True, samesite="Lax")


def add(lines: dict[str, int], sku: str, pieces: int) -> dict[str, int]:
    """The cart with these pieces more, up to what one person may put into it."""
    if not SKU.fullmatch(sku) or (sku not in lines and len(lines) >= MOST_LINES):
        return dict(lines)
    return {**lines, sku: min(lines.get(sku, 0) + pieces, MOST_PIECES)}
