"""What the sagas of other services send."""

from typing import Annotated

from pydantic import BaseModel, Field

Pieces = Annotated[int, Field(ge=1)]


class Reserve(BaseModel):
    """Pieces by sku, and when the customer asked for them (unix microseconds)."""

    pieces: dict[str, Pieces] = Field(min_length=1)
    after: int = 0


class Sell(BaseModel):
    """The order that legacy made of it, and its wall clock then."""

    order_no: str
    created: str


class PutBack(BaseModel):
    """What legacy put back when it cancelled the order."""

    pieces: dict[str, Pieces]
    created: str
