"""A tree over path segments: finds the most specific template for a path.

Segment by segment a literal beats `{parameter}`, and that beats `{tail*}`. A branch that ends
without a match is left for the next one, so `/a/b/c` finds `/a/{x}/c` although `/a/b/d` exists.
"""

from typing import Final, Generic, TypeVar

T = TypeVar("T")

ANY: Final = "*"


class _Node(Generic[T]):
    __slots__ = ("ends", "literals", "parameter", "tail")

    def __init__(self) -> None:
        self.literals: dict[str, _Node[T]] = {}
        self.parameter: _Node[T] | None = None
        self.tail: dict[str | bytes, T] | None = None
        self.ends: dict[str | bytes, T] = {}


class SegmentTree(Generic[T]):
    """Templates with their methods; filled once, then only read."""

    __slots__ = ("_literal", "_root")

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()
        self._literal: dict[str, dict[str | bytes, T]] = {}  # whole paths without parameters

    def add(self, method: str, template: str, value: T) -> None:
        """Put `value` at `method` (`*`: any) and `template`."""
        node = self._root
        for segment in template.split("/")[1:]:
            if segment.endswith("*}"):
                node.tail = node.tail or {}
                _put(node.tail, method, value)
                return
            if segment.startswith("{"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.literals.setdefault(segment, _Node())
        _put(node.ends, method, value)
        if "{" not in template:
            self._literal[template] = node.ends

    def find(self, method: str | bytes, path: str) -> T | None:
        """The value of the most specific template that has this path and method."""
        ends = self._literal.get(path)
        if ends is not None:
            found = _by_method(ends, method)
            if found is not None:
                return found
        return _walk(self._root, path.split("/"), 1, method)

    def find_all(self, method: str | bytes, path: str) -> list[T]:
        """The values of every template that has this path and method, the most specific first."""
        found: list[T] = []
        _collect(self._root, path.split("/"), 1, method, found)
        return found


def _collect(
    node: _Node[T], segments: list[str], at: int, method: str | bytes, found: list[T]
) -> None:
    """As `_walk` goes, without an end at the first value."""
    if at == len(segments):
        found += _each(node.ends, method)
        return
    segment = segments[at]
    child = node.literals.get(segment)
    if child is not None:
        _collect(child, segments, at + 1, method, found)
    if segment and node.parameter is not None:
        _collect(node.parameter, segments, at + 1, method, found)
    if node.tail is not None:
        found += _each(node.tail, method)


def _each(ends: dict[str | bytes, T], method: str | bytes) -> list[T]:
    """Of the method, then of any."""
    return [ends[key] for key in dict.fromkeys((method, ANY)) if key in ends]


def _walk(node: _Node[T], segments: list[str], at: int, method: str | bytes) -> T | None:
    if at == len(segments):
        return _by_method(node.ends, method)
    segment = segments[at]
    child = node.literals.get(segment)
    found = None if child is None else _walk(child, segments, at + 1, method)
    if found is None and segment and node.parameter is not None:
        found = _walk(node.parameter, segments, at + 1, method)
    if found is None and node.tail is not None:
        found = _by_method(node.tail, method)
    return found


def _by_method(ends: dict[str | bytes, T], method: str | bytes) -> T | None:
    found = ends.get(method)
    return ends.get(ANY) if found is None else found


def _put(ends: dict[str | bytes, T], method: str, value: T) -> None:
    """Both spellings of the method, and HEAD where GET is: the wire brings bytes, people text."""
    ends[method] = ends[method.encode("ascii")] = value
    if method == "GET":
        ends.setdefault("HEAD", value)
        ends.setdefault(b"HEAD", value)
