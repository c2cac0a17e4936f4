"""The part of the route file about domains: which side owns the data behind the routes."""

from dataclasses import dataclass
from typing import Final

OLD: Final = "legacy"  # the owner of a domain before any cutover
MOVING: Final = "moving"  # while a cutover is under way
NEW: Final = "new"  # after it
OPEN: Final = "open"  # the window: legacy is kept current, and there is a way back
CLOSED: Final = "closed"


@dataclass(frozen=True, slots=True)
class Domain:
    """One entry under `domains`: tables that change together."""

    name: str
    owner: str = OLD  # the side whose data counts: OLD, MOVING or NEW
    window: str = OPEN  # with the owner NEW: OPEN or CLOSED

    @property
    def words(self) -> str:
        """`legacy`, `moving`, `new, window open`."""
        return f"{self.owner}, window {self.window}" if self.owner == NEW else self.owner
