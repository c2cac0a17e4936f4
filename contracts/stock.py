"""What the shop says about how many pieces are left: three services say it in the same words."""

LAST_PIECES = 3  # from here down the shop says how many are left


def stock_text(pieces: int, *, discontinued: bool) -> str:
    """As clients have read it for ten years; apps match on it, 'lefts' and all."""
    if pieces <= 0:
        return "Discontinued" if discontinued else "Sold out"
    return f"Only {pieces} lefts" if pieces <= LAST_PIECES else "In stock"
