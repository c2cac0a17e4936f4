"""Spellings of a path that many applications take for one page: other case, a slash at the end.

Further ones name the program or the form beside the page: `/index.php/cart`, `/cart.html`,
`/cart;jsessionid=A`, `/cart.json`, `/cart/index.html`. No option makes them take the route.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from facade.routes.matching.segments import SegmentTree

_PROGRAM: Final = r"(?:php\d?|f?cgi|pl|py|aspx?|jsp|do|action|dll|exe)"
_FRONT: Final = re.compile(rf"/[\w-]+\.{_PROGRAM}(?=/.)")
_PARAMETERS: Final = re.compile(r";[^/]*")
_INDEX: Final = re.compile(r"(?<=/)(?:index|default)\.\w{2,5}$")
_SUFFIX: Final = re.compile(rf"(?<=[^/])\.(?:html?|json|xml|{_PROGRAM})$")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Spelling:
    """Which differences between two paths do not count when a route is looked for."""

    any_case: bool = False
    any_slash: bool = False

    def of(self, path: str) -> str:
        """The spelling that represents all equal ones; also for a template."""
        if self.any_case:
            path = path.lower()
        if self.any_slash and path.endswith("/"):
            path = path[:-1] or "/"
        return path


LOOSE: Final = Spelling(any_case=True, any_slash=True)


def loosest(path: str) -> str:
    """The spelling that represents all that an application may take for this page."""
    bare = _FRONT.sub("", LOOSE.of(_PARAMETERS.sub("", path)), count=1)
    return LOOSE.of(_SUFFIX.sub("", _INDEX.sub("", bare)))


class NearMisses(Generic[T]):
    """Finds the route that a path misses by its spelling alone."""

    __slots__ = ("_templates", "_tree")

    def __init__(self, entries: Iterable[tuple[str, str, T]]) -> None:
        """`entries` are methods, templates and routes."""
        self._tree: SegmentTree[tuple[T, str]] = SegmentTree()
        self._templates: dict[T, str] = {}
        for method, template, route in entries:
            loose = loosest(template)
            self._templates[route] = loose
            self._tree.add(method, loose, (route, loose))

    def find(self, method: str | bytes, path: str, found: T) -> T | None:
        """The route that is missed; None where `found` is the route in any spelling."""
        near = self._tree.find(method, loosest(path))
        if near is None or near[1] == self._templates.get(found):
            return None
        return near[0]
