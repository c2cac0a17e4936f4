"""Places in an answer: how they are written, and the patterns that rules name them by.

In JSON: `$.variants[*].price`, `$['odd name']`, `$.*`, and `$..updated` for any depth. Elsewhere:
`$status`, `$header:location`, `$cookie:session.path`, `$html/form[/cart]`, `$text`, `$body`.
"""

import re
from typing import Final, NamedTuple

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(#[0-9]+)?")
_TOKEN = re.compile(
    r"(?P<deep>\.\.)(?:(?P<deepname>[^.\[\]*]+)|\*)"
    r"|\.(?P<name>[^.\[\]*]+)|(?P<any>\.\*)|(?P<element>\[(?:\*|)\])|\['(?P<quoted>[^']+)'\]"
)

ELEMENT: Final = "[*]"
ANY_NAME: Final = ".*"
DEEP: Final = ".."

MEMBER = "member"


class At(str):
    """A step into an array: what names the element there, `sku=B-1` or its index."""

    __slots__ = ()


Path = tuple[str, ...]  # names of members, and At for elements


class Token(NamedTuple):
    """One step of a pattern; `kind` is MEMBER (with its name), ELEMENT, ANY_NAME or DEEP."""

    kind: str
    name: str = ""


Pattern = tuple[Token, ...]


class BadPath(ValueError):
    """A path in a rule that cannot be read."""


def stable(path: Path) -> str:
    """The path as rules write it: every element is `[*]`."""
    return "$" + "".join(ELEMENT if isinstance(step, At) else _member(step) for step in path)


def exact(path: Path) -> str:
    """The path with the name or index of each element."""
    return "$" + "".join(f"[{step}]" if isinstance(step, At) else _member(step) for step in path)


def _member(name: str) -> str:
    return f".{name}" if _PLAIN.fullmatch(name) else f"['{name}']"


def is_json_path(text: str) -> bool:
    """Whether a rule's path points into JSON, rather than at `$status` and the like."""
    return text == "$" or text.startswith(("$.", "$["))


def parse(text: str) -> Pattern:
    """The pattern of a path in JSON. Raises BadPath."""
    tokens: list[Token] = []
    position = 1
    while position < len(text):
        found = _TOKEN.match(text, position)
        if not text.startswith("$") or found is None:
            raise BadPath(f"'{text}' cannot be read from character {position + 1} on")
        tokens += _tokens(found)
        position = found.end()
    return tuple(tokens)


def _tokens(found: re.Match[str]) -> list[Token]:
    if found["deep"]:
        name = found["deepname"]
        return [Token(DEEP), Token(MEMBER, name) if name else Token(ANY_NAME)]
    if found["any"]:
        return [Token(ANY_NAME)]
    if found["element"]:
        return [Token(ELEMENT)]
    return [Token(MEMBER, found["name"] or found["quoted"])]


def is_within(path: str, place: str) -> bool:
    """Whether `path` is `place` or lies beneath it; both as text, outside JSON."""
    return path == place or (path.startswith(place) and path[len(place)] in "/.[@;:")
