"""What a route matches, as written: `GET|POST /api/products/{sku}`, and which two collide."""

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from facade.routes.file.kinds.values import JsonSchema, Scalar, Wrong
from facade.routes.file.problems import one_of

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ANY_METHOD = "*"

_LITERAL = re.compile(r"[^/{}?#%\\\x00-\x20\x7f]*")
_PARAMETER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(\*?)\}")


class Match(NamedTuple):
    """Methods in upper case, and a path template."""

    methods: tuple[str, ...]
    template: str


class MatchText(Scalar[Match]):
    """`METHOD[|METHOD] /template`, the method `*` for all; `{name}` one segment, `{name*}` rest."""

    blank = Match((), "/")

    def parse(self, text: str) -> Match:
        methods, space, template = text.partition(" ")
        if not space:
            raise Wrong(f"expected a method and a path such as 'GET /items/{{id}}', not '{text}'")
        template = template.strip()
        check_template(template)
        return Match(_methods(methods), template)

    def schema(self) -> JsonSchema:
        methods = "|".join(METHODS)
        return {"type": "string", "pattern": rf"^(\*|({methods})(\|({methods}))*) +/.*$"}


def _methods(text: str) -> tuple[str, ...]:
    if text == ANY_METHOD:
        return (ANY_METHOD,)
    methods = tuple(text.split("|"))
    for method in methods:
        if method not in METHODS:
            raise Wrong(f"unknown method '{method}' ({one_of((*METHODS, ANY_METHOD))})")
    if len(set(methods)) != len(methods):
        raise Wrong(f"a method is named twice in '{text}'")
    return methods


def check_template(template: str) -> None:
    """Raises Wrong where this is no path template."""
    if not template.startswith("/"):
        raise Wrong(f"expected a path that begins with '/', not '{template}'")
    segments = template.split("/")[1:]
    names = [_check_segment(segment, template) for segment in segments]
    if "" in segments[:-1]:
        raise Wrong(f"'{template}' has an empty segment: '//' is read as '/' when matching")
    if any(segment.endswith("*}") for segment in segments[:-1]):
        raise Wrong(f"'{template}' goes on after its tail: '{{name*}}' comes last")
    given = [name for name in names if name]
    if len(set(given)) != len(given):
        raise Wrong(f"'{template}' names a parameter twice")


def _check_segment(segment: str, template: str) -> str | None:
    """The parameter's name, None for a literal."""
    parameter = _PARAMETER.fullmatch(segment)
    if parameter:
        return parameter[1]
    if not _LITERAL.fullmatch(segment) or segment in (".", ".."):
        raise Wrong(
            f"'{segment}' in '{template}' is neither a literal nor '{{name}}' nor '{{name*}}'"
            " (write characters as they are, not percent-encoded)"
        )
    return None


def parameters(template: str) -> tuple[str, ...]:
    """The names of one-segment parameters."""
    found = (_PARAMETER.fullmatch(segment) for segment in template.split("/"))
    return tuple(match[1] for match in found if match and not match[2])


@lru_cache(maxsize=4096)  # each route is compared with each
def shape_of(template: str) -> str:
    """The template without its parameters' names: two of one shape match the same paths."""
    return "/".join(_PARAMETER.sub(r"{\2}", segment) for segment in template.split("/"))


def collides(one: Match, other: Match) -> tuple[str, ...]:
    """The methods that both match on the same paths with equal right."""
    if shape_of(one.template) != shape_of(other.template):
        return ()
    if ANY_METHOD in one.methods:
        return other.methods
    if ANY_METHOD in other.methods:
        return one.methods
    return tuple(method for method in one.methods if method in other.methods)


class Order(Enum):
    """Which of two templates takes a path that both match."""

    FIRST = "the first"
    SAME = "either: they have one shape"
    SECOND = "the second"


def order_of(one: str, other: str) -> Order | None:
    """Which of two templates takes the paths that both match; None when there are none."""
    found, mine, theirs = Order.SAME, _segments(one), _segments(other)
    for my, their in zip(mine, theirs, strict=False):
        literals = my not in _OPEN and their not in _OPEN
        if literals and my != their:
            return None
        if my != their and found is Order.SAME:
            found = Order.FIRST if _OPEN.get(my, 0) < _OPEN.get(their, 0) else Order.SECOND
        if _TAIL in (my, their):
            return found
    return found if len(mine) == len(theirs) else None


_TAIL = "{*}"
_OPEN = {"{}": 1, _TAIL: 2}  # the greater, the less specific; a literal is none of them


def _segments(template: str) -> list[str]:
    return shape_of(template).split("/")[1:]
