"""What the route file says of a route that is composed of several reads."""

from dataclasses import dataclass
from typing import Final

MOST_PARTS: Final = 16
MISSING: Final = "missing"  # the member of an answer that says which parts it lacks
SECONDS: Final = 5.0  # for all parts together, where the route does not say


@dataclass(frozen=True, slots=True)
class PartConfig:
    """One entry under `compose`: a read of another route."""

    get: str  # path and query; `{name}` stands for a parameter of the composed route
    name: str = ""
    optional: bool = False  # the answer is good without it
