"""Places in an answer: how they are written, and the patterns that rules name them by.

In JSON: `$.variants[*].price`, `$['odd name']`, `$.*`, and `$..updated` for any depth; one element
alone is `[3]` or `[sku=B-1]`. In brackets a backslash escapes what would end them, and `\\u0000`
stands for what cannot be printed. Elsewhere: `$status`, `$header:location`, `$cookie:session.path`,
`$html/form[/cart]`, `$text`, `$body`.

Every path that a report prints can be written into a rule, and means the same place there.
"""

import re
from typing import Final, NamedTuple

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(#[0-9]+)?")
_TOKEN = re.compile(
    r"(?P<deep>\.\.)(?:(?P<deepname>[^.\[\]*]+)|\*)"
    r"|\.(?P<name>[^.\[\]*]+)|(?P<any>\.\*)|(?P<element>\[(?:\*|)\])"
    r"|\['(?P<quoted>(?:[^'\\]|\\.)*)'\]|\[(?P<at>(?:[^\]\\]|\\.)+)\]",
    re.DOTALL,
)
_UNESCAPE = re.compile(r"\\(u[0-9a-f]{4}|.)", re.DOTALL)
# Control characters, line ends of any kind, lone surrogates: not to be printed as they are.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")

ELEMENT: Final = "[*]"
ANY_NAME: Final = ".*"
DEEP: Final = ".."

MEMBER = "member"
AT = "at"


class At(str):
    """A step into an array: what names the element there, `sku=B-1` or its index."""

    __slots__ = ()


Path = tuple[str, ...]  # names of members, and At for elements


class Token(NamedTuple):
    """One step of a pattern; `kind` is MEMBER or AT (with its name), ELEMENT, ANY_NAME or DEEP."""

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
    return "$" + "".join(_element(step) if isinstance(step, At) else _member(step) for step in path)


def _member(name: str) -> str:
    return f".{name}" if _PLAIN.fullmatch(name) else f"['{_escaped(name, quoted=True)}']"


def _element(name: str) -> str:
    if name == "*":
        return "[\\*]"
    return f"[{_escaped(name, quoted=False)}]"


def _escaped(name: str, *, quoted: bool) -> str:
    name = name.replace("\\", "\\\\")
    name = name.replace("'", "\\'") if quoted else name.replace("]", "\\]").replace("[", "\\[")
    return printable(name if quoted or not name.startswith("'") else f"\\{name}")


def printable(text: str) -> str:
    """The text with what cannot be printed, stored or sent written as `\\u0000`."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _unescaped(text: str) -> str:
    return _UNESCAPE.sub(
        lambda found: chr(int(found[1][1:], 16)) if len(found[1]) > 1 else found[1], text
    )


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
    if found["at"] is not None:
        return [Token(AT, _unescaped(found["at"]))]
    quoted = found["quoted"]
    return [Token(MEMBER, found["name"] if quoted is None else _unescaped(quoted))]


def is_within(path: str, place: str) -> bool:
    """Whether `path` is `place` or lies beneath it; both as text, outside JSON."""
    return path == place or (path.startswith(place) and path[len(place)] in "/.[@;:")
