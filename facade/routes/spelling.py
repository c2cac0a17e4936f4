"""Spellings of a path that many applications take for one page: other case, a slash at the end."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from facade.routes.segments import SegmentTree

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Spelling:
    """Which differences between two paths do not count when a route is looked for."""

    any_case: bool = False
    any_slash: bool = False

    def of(self, path: str) -> str:
        """The one spelling that stands for all that are alike; of a template too."""
        if self.any_case:
            path = path.lower()
        if self.any_slash and path.endswith("/"):
            path = path[:-1] or "/"
        return path


LOOSEST: Final = Spelling(any_case=True, any_slash=True)


class NearMisses(Generic[T]):
    """Finds the route that a path misses by its spelling alone."""

    __slots__ = ("_templates", "_tree")

    def __init__(self, entries: Iterable[tuple[str, str, T]]) -> None:
        """`entries` are methods, templates and routes."""
        self._tree: SegmentTree[tuple[T, str]] = SegmentTree()
        self._templates: dict[T, str] = {}
        for method, template, route in entries:
            loose = LOOSEST.of(template)
            self._templates[route] = loose
            self._tree.add(method, loose, (route, loose))

    def find(self, method: str | bytes, path: str, found: T) -> T | None:
        """The route that is missed; None where `found` is the route in any spelling."""
        near = self._tree.find(method, LOOSEST.of(path))
        if near is None or near[1] == self._templates.get(found):
            return None
        return near[0]
