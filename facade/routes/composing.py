"""The parts of a composed route, as a request meets them."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from facade.routes.config.composefile import PartConfig

_PARAMETER: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Part:
    """One read of a composed route."""

    name: str
    optional: bool
    segments: tuple[str, ...]  # of its path, as written
    given: tuple[int, ...]  # for each: the segment of the request's path that replaces it, or -1
    query: str  # with its `?`; empty where there is none

    def target(self, path: str) -> bytes:
        """What is asked for; `path` is the resolved path of the composed request."""
        asked = path.split("/")
        written = (
            segment if at < 0 else quote(asked[at], safe="")
            for segment, at in zip(self.segments, self.given, strict=True)
        )
        return f"{'/'.join(written)}{self.query}".encode()


def compile_part(config: PartConfig, template: str) -> Part:
    """A part of the route with this template."""
    path, mark, query = config.get.partition("?")
    segments, whole = tuple(path.split("/")), template.split("/")
    names = [_PARAMETER.fullmatch(segment) for segment in segments]
    given = tuple(-1 if name is None else whole.index(name[0]) for name in names)
    return Part(config.name, config.optional, segments, given, mark + query)
