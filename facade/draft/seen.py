"""One request as it was seen, from whatever source."""

import re
from dataclasses import dataclass

_KIND = re.compile(r"[\w.+-]+/[\w.+-]+")


@dataclass(frozen=True, slots=True)
class Seen:
    """`path` is without its query, percent-encoded as it came. Empty and 0: not known."""

    method: str
    path: str
    status: int = 0
    content_type: str = ""
    size: int = 0  # of the answer's body, in bytes
    cookies: tuple[str, ...] = ()  # names that the client sent
    set_cookies: tuple[str, ...] = ()  # names that the answer set
    http_only: tuple[str, ...] = ()  # those of them that no script may read


def seen(method: str, target: str, status: int = 0, size: int = 0) -> Seen | None:
    """From the words of an access log; None where they are no request for a path."""
    path = target.partition("?")[0].partition("#")[0]
    if not path.startswith("/") or not re.fullmatch(r"[A-Z]{1,20}", method):
        return None
    return Seen(method, path, status, size=size)


def counted(number: int, noun: str) -> str:
    """`1 request`, `2 requests`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def kind_of(content_type: str) -> str:
    """`text/html` of `text/html; charset=utf-8`; empty where it is none."""
    found = _KIND.match(content_type.strip().lower())
    return found.group() if found else ""
