"""What a request says, read as the monolith reads it."""


def whole_number(text: str | None, default: int) -> int:
    """A whole number from 1; anything else means the default."""
    try:
        number = int(text or "")
    except ValueError:
        return default
    return number if number >= 1 else default


def is_json(content_type: str) -> bool:
    """Whether a body calls itself JSON."""
    kind = content_type.split(";")[0].strip().lower()
    return kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )
