"""Path templates: given by a URL map, or learned from the paths that were seen.

A segment is a parameter where it looks like a value (a number, a UUID, a date, a code), where the
route file could not spell it, or where many different ones stand at the same place.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from facade.routes.matching.segments import SegmentTree
from facade.routes.unmatched import shape_of_path

MANY = 12  # as many different words at one place are values; the first segment never is
DEEPEST = 12  # segments; what lies deeper is a tail
_LITERAL = re.compile(r"[^/{}?#%\\\x00-\x20\x7f]*")  # what a template can spell
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PARAMETER = "{}"  # until it gets its name


class Templates:
    """Finds the template of a path that was seen."""

    def __init__(self, paths: Iterable[str], known: Iterable[str] = ()) -> None:
        self._known: SegmentTree[str] = SegmentTree()
        for template in known:
            self._known.add("*", template, template)
        others = [path for path in set(paths) if self._known.find("*", unquote(path)) is None]
        self._learned = learn(others)

    def of(self, path: str) -> str:
        """The most specific known template, else the learned one."""
        return self._known.find("*", unquote(path)) or self._learned[path]


def learn(paths: Sequence[str]) -> dict[str, str]:
    """Path, percent-encoded, to template."""
    cut = {path: [_place(one) for one in path.split("/")[1:][:DEEPEST]] for path in paths}
    for depth in range(1, max(map(len, cut.values()), default=0)):
        beside: defaultdict[tuple[str, ...], list[list[str]]] = defaultdict(list)
        for segments in cut.values():
            if len(segments) > depth:
                beside[tuple(segments[:depth])].append(segments)
        for siblings in beside.values():
            if len({segments[depth] for segments in siblings} - {_PARAMETER, ""}) >= MANY:
                for segments in siblings:
                    segments[depth] = segments[depth] and _PARAMETER
    return {path: _named(segments, path) for path, segments in cut.items()}


def _place(segment: str) -> str:
    """The segment decoded, or a parameter."""
    text = unquote(segment)
    spelled = _LITERAL.fullmatch(text) and (text.isprintable() or not text)
    value = shape_of_path(f"/{text}") != f"/{text}"
    return text if spelled and not value and text not in (".", "..") else _PARAMETER


def _named(segments: Sequence[str], path: str) -> str:
    """The template, its parameters named after what stands before them."""
    deeper = path.count("/") > DEEPEST
    filled = [one for one in segments[:-1] if one]  # `//` is read as `/`
    filled += [one for one in segments[-1:] if one or not deeper]
    names: list[str] = []
    parts: list[str] = []
    for at, segment in enumerate(filled):
        if segment != _PARAMETER:
            parts.append(segment)
            continue
        name = parameter_name(filled[at - 1] if at else "", names)
        names.append(name)
        parts.append(f"{{{name}}}")
    if deeper:
        parts.append(f"{{{parameter_name('rest', names)}*}}")
    return "/" + "/".join(parts)


def parameter_name(before: str, taken: Sequence[str]) -> str:
    """A name that no other parameter of the template has: `order` behind `orders`, else `id`."""
    word = singular(before.replace("-", "_").replace(".", "_"))
    name = word if _NAME.fullmatch(word) and word.isascii() else "id"
    number = next(at for at in range(1, len(taken) + 2) if _numbered(name, at) not in taken)
    return _numbered(name, number)


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}_{number}"


def singular(word: str) -> str:
    """As an English speaker would guess it."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
