"""Count the paths that no route names, by shape: `/product/17` counts as `/product/<id>`.

The number of shapes is bounded; what comes after is counted together.
"""

import re
from functools import lru_cache

MOST_SHAPES = 200
MOST_SEGMENTS = 8
OTHERS = "(others)"

# The first that fits a whole segment names it.
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("<id>", re.compile(r"\d+")),
    ("<uuid>", re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)),
    ("<hex>", re.compile(r"(?=.*\d)[0-9a-f]{12,}", re.IGNORECASE)),
    ("<date>", re.compile(r"\d{4}-\d{2}(-\d{2})?")),
    ("<text>", re.compile(r".{41,}|.*[^\x21-\x7e].*", re.DOTALL)),
    ("<code>", re.compile(r"(?=.*\d)[A-Z0-9]+([-_.][A-Z0-9]+)*")),  # SO-2026-000123, TENT-0012
    ("<email>", re.compile(r"[^@]+@[^@]+\.[^@]+")),
    ("<file>", re.compile(r"(?=.*\d).*\.(jpe?g|png|gif|svg|webp|pdf|css|js|csv)", re.IGNORECASE)),
)


def shape_of_path(path: str) -> str:
    """The path with every segment that looks like a value replaced by its kind."""
    segments = path.split("/")[1:]
    shaped = [_shape_of_segment(segment) for segment in segments[:MOST_SEGMENTS]]
    if len(segments) > MOST_SEGMENTS:
        shaped.append("…")
    return "/" + "/".join(shaped)


@lru_cache(maxsize=4096)  # pages are asked again and again
def _shape_of_segment(segment: str) -> str:
    for name, pattern in _SHAPES:
        if pattern.fullmatch(segment):
            return name
    return segment


class UnmatchedCounts:
    """How often each shape was asked, at most `most` of them."""

    def __init__(self, most: int = MOST_SHAPES) -> None:
        self.counts: dict[str, int] = {}
        self._most = most

    def count(self, method: str, path: str) -> None:
        """Count one request; `path` is the resolved one."""
        shape = f"{method} {shape_of_path(path)}"
        if shape not in self.counts and len(self.counts) >= self._most:
            shape = OTHERS
        self.counts[shape] = self.counts.get(shape, 0) + 1
