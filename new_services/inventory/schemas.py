"""What the sagas of other services send."""

from typing import Annotated

from pydantic import BaseModel, Field

from contracts.ownership import Stamp

Pieces = Annotated[int, Field(ge=1)]


class Stamped(BaseModel):
    """Who owns the orders, as the caller knows it; see Stamp."""

    epoch: int = 0
    ours: bool = False
    window: bool = False
    since: int = 0

    @property
    def stamp(self) -> Stamp:
        """All of it."""
        return Stamp(self.epoch, self.ours, self.window, self.since)


class Reserve(Stamped):
    """Pieces by sku, and when the customer asked for them (unix microseconds)."""

    pieces: dict[str, Pieces] = Field(min_length=1)
    after: int = 0


class Sell(Stamped):
    """The order that legacy made of it, and its wall clock then."""

    order_no: str
    created: str


class PutBack(Stamped):
    """What legacy put back when it cancelled the order."""

    pieces: dict[str, Pieces]
    created: str
