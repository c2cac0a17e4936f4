"""Small texts the shop has always written this way; apps match on them, so they stay."""


def stock_text(stock: int, discontinued: str) -> str:
    """How much is left, as a sentence. 'lefts' has been in the app's screenshots since 2017."""
    if stock <= 0:
        return "Discontinued" if discontinued == "Y" else "Sold out"
    if stock <= 3:
        return f"Only {stock} lefts"
    return "In stock"


def yes_no(value: bool) -> str:
    """The shop's booleans."""
    return "Y" if value else "N"


def tag_list(tags: str) -> list[str]:
    """`'hiking, waterproof,,sale'` → three tags, in stored order."""
    return [tag for tag in (part.strip() for part in tags.split(",")) if tag]


def weight_text(grams: int | None) -> str:
    """`1250` → `'1.250 kg'`; '' when the weight is not known."""
    return "" if grams is None else f"{grams // 1000}.{grams % 1000:03d} kg"


def whole_number(value: str | None, default: int) -> int:
    """A query parameter from 1 up; anything else means the default."""
    try:
        number = int(value or "")
    except ValueError:
        return default
    return number if number >= 1 else default


def search_pattern(word: str) -> str:
    """A LIKE pattern (escape character backslash) that finds the word anywhere, literally."""
    for special in ("\\", "%", "_"):
        word = word.replace(special, "\\" + special)
    return f"%{word}%"
