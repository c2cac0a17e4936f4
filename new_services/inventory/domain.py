"""What makes two movements one, and whether enough is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Movement:
    """A change of one sku's stock. `created` is the shop's wall clock; `lsn` by the feed."""

    sku: str
    change: int
    reason: str  # INIT, SALE, CANCEL, ADJUST
    order_no: str | None
    created: str
    legacy_id: int | None = None
    lsn: int | None = None
    count: str = ""  # the saga of a count that was made here

    @property
    def origin(self) -> str:
        """What it is the movement of. An order moves a sku once when it is sold and once when it
        is cancelled, by the feed and by us; a count of ours is known by its saga, and anything else
        by legacy's own number for it."""
        if self.count:
            return f"COUNT:{self.count}"
        if self.order_no and self.reason in ("SALE", "CANCEL"):
            return origin_of_order(self.reason, self.order_no) + self.sku
        return f"legacy:{self.legacy_id}"


def origin_of_order(reason: str, order_no: str) -> str:
    """The origin of an order's movements, without the sku at its end."""
    return f"{reason}:{order_no}:"


@dataclass(frozen=True, slots=True)
class Mark:
    """An order in legacy that a saga wrote; `order_id` and `lsn` by the feed."""

    order_no: str
    saga_id: str
    order_id: int
    lsn: int


@dataclass(frozen=True, slots=True)
class Level:
    """Of one sku."""

    sku: str
    quantity: int  # as legacy has it
    ahead: int  # movements we know of before the feed has sent them
    reserved: int
    ledger: int  # sum of all movements

    @property
    def stock(self) -> int:
        """What legacy has, as far as we know."""
        return self.quantity + self.ahead

    @property
    def promise(self) -> int:
        """Pieces that can still be promised to a customer."""
        return max(0, self.stock - self.reserved)


@dataclass(frozen=True, slots=True)
class Claim:
    """What became of a saga's reservation: held, refused with an answer, released or sold. `epoch`
    is the one in which it was gated here, 0 where the monolith decides."""

    status: str
    answer: Any
    epoch: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """Which sku there is not enough of; `certain`: legacy itself has not enough."""

    sku: str
    available: int
    certain: bool


def shortage(levels: Sequence[Level], pieces: Mapping[str, int]) -> Shortage | None:
    """The first sku, in order, of which too little is left; a sku we do not know is not short."""
    for level in sorted(levels, key=lambda level: level.sku):
        if level.promise < pieces[level.sku]:
            certain = level.stock < pieces[level.sku]
            return Shortage(level.sku, max(0, level.stock) if certain else level.promise, certain)
    return None


def gate(levels: Sequence[Level], pieces: Mapping[str, int]) -> Shortage | None:
    """The first sku, in order, of which the ledger has less than is reserved and these pieces. A
    sku without movements has none. `certain`: the ledger alone has less than the pieces."""
    for level in sorted(levels, key=lambda level: level.sku):
        free = level.ledger - level.reserved
        if free < pieces[level.sku]:
            certain = level.ledger < pieces[level.sku]
            return Shortage(level.sku, max(0, level.ledger if certain else free), certain)
    return None
