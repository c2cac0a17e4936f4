"""The shape of a path: `/product/17` has the shape `/product/<id>`.

Requests that no route names are counted by method and shape.
"""

import re
from functools import lru_cache
from typing import Final

MOST_SHAPES: Final = 200
MOST_SEGMENTS: Final = 8
OTHERS: Final = "(others)"  # shapes beyond MOST_SHAPES, counted together
LONGEST_SEGMENT: Final = 64  # characters; a longer segment is text, whatever it looks like

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
    shaped = [
        _shape_of_segment(segment) if len(segment) <= LONGEST_SEGMENT else "<text>"
        for segment in segments[:MOST_SEGMENTS]
    ]
    if len(segments) > MOST_SEGMENTS:
        shaped.append("…")
    return "/" + "/".join(shaped)


@lru_cache(maxsize=4096)  # pages are asked again and again
def _shape_of_segment(segment: str) -> str:
    for name, pattern in _SHAPES:
        if pattern.fullmatch(segment):
            return name
    return segment
