"""A client's cookies, as the monolith reads them: of several with one name the first counts."""

from collections.abc import Iterable


def first_cookie(lines: Iterable[str], name: str) -> str | None:
    """The value of this cookie, without the quotes around it; `lines` are values of Cookie."""
    for line in lines:
        for pair in line.split(";"):
            key, equals, value = pair.partition("=")
            if equals and key.strip() == name:
                return value.strip().strip('"')
    return None
