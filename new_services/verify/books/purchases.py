"""One purchase, as four databases have it, and the laws that bind them together (pure).

    orders     its saga: how far it came, which order it says it wrote
    legacy     the orders that carry its mark; once it is deleted, orders has what it held
    payments   what was booked for it, and what the provider really has
    inventory  what was held for it

A law answers what was expected and what was found, or nothing where it holds.

Not every order with its mark is of the purchase: legacy shows customers the mark as part of their
own number, and some of them use that number again. Such orders are theirs alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from new_services.verify.books.marks import nearest

PLACE = "place-order"  # the kind of saga that writes an order
CANCELLED = "CANCELLED"
# So long after a saga has ended, a write that it gave up may still appear.
LATE_SECONDS = 15.0
NOTHING = Decimal(0)

Broken: TypeAlias = tuple[str, str] | None  # expected, found
Rule: TypeAlias = "Callable[[Purchase], Broken]"


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order: lines are pieces by sku; created by the shop's clock."""

    number: str
    total: Decimal
    lines: Mapping[str, int]
    status: str = ""
    created: datetime = datetime.min  # noqa: DTZ901

    @property
    def stands(self) -> bool:
        """Not cancelled."""
        return self.status != CANCELLED

    def __str__(self) -> str:
        pieces = ", ".join(f"{count} {sku}" for sku, count in sorted(self.lines.items()))
        return f"{self.number} ({pieces}) at {self.total:.2f}"


@dataclass(frozen=True, slots=True)
class Saga:
    """Of any kind; `wrote` once its pivot is done, `lines` where it is to write an order."""

    kind: str
    phase: str  # forward, backward, done, undone, parked
    reason: str = ""
    wrote: Ordered | None = None
    lines: Mapping[str, int] | None = None
    took: float = 0.0  # seconds from its beginning to its last step

    @property
    def open(self) -> bool:
        """It goes on by itself."""
        return self.phase in ("forward", "backward")

    def may_have_written(self, order: Ordered) -> bool:
        """Whether it may have: also an order placed twice, or after the saga gave up."""
        if self.wrote is not None and self.wrote.number == order.number:
            return True
        if self.lines is not None and self.lines != order.lines:
            return False
        if self.wrote is None:
            return True
        return nearest(self.wrote.created, order.created) <= self.took + LATE_SECONDS


@dataclass(frozen=True, slots=True)
class Money:
    """`status` and `amount` as we booked them (None: not at all); the rest by the provider."""

    status: str | None
    amount: Decimal
    captured: Decimal
    refunded: Decimal
    authorised: Decimal

    @property
    def taken(self) -> Decimal:
        """What the customer is without."""
        return self.captured - self.refunded


@dataclass(frozen=True, slots=True)
class Claim:
    """What became of the purchase in the inventory, and how many pieces are held for it now."""

    status: str | None  # held, refused, released, sold
    pieces: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """What all of them have of it; None or empty: that one has nothing."""

    saga: Saga | None = None
    orders: tuple[Ordered, ...] = ()
    money: Money | None = None
    claim: Claim | None = None
    touched: tuple[str, ...] = ()  # sagas of ours about orders that only bear its mark

    @property
    def places(self) -> bool:
        """Whether its saga, if it is known, is one that writes an order."""
        return self.saga is None or self.saga.kind == PLACE

    @property
    def due(self) -> Decimal:
        """The total of what stands."""
        return sum((each.total for each in self.orders if each.stands), NOTHING)


def of_the_purchase(
    orders: Sequence[Ordered], saga: Saga | None, money: Money | None
) -> tuple[Ordered, ...]:
    """Those of the orders with its mark, oldest first, that came of it."""
    if saga is not None:
        return tuple(each for each in orders if saga.may_have_written(each))
    if money is None:
        return tuple(orders)
    # Its saga has been deleted: one of them was paid for, or else it was the first.
    paid_for = (each for each in orders if money.taken == (each.total if each.stands else NOTHING))
    return tuple(orders[:1] and [next(paid_for, orders[0])])


def asked_for(purchase: Purchase) -> Broken:
    """An order with a mark was asked for. Sagas are deleted in time, their payments are not."""
    if not purchase.orders or purchase.saga is not None or purchase.money is not None:
        return None
    return "a saga that wrote it", f"nobody asked for {_numbers(purchase.orders)}"


def written_once(purchase: Purchase) -> Broken:
    """An acknowledged order is there once, with equal lines and total; a refused one is not.

    Also of one that waits for a person: its order is there or not.
    """
    saga = purchase.saga
    if saga is None or saga.kind != PLACE or (saga.open and saga.wrote is None):
        return None
    standing = [each for each in purchase.orders if each.stands]
    if saga.wrote is None:
        refused = saga.phase == "undone" and standing
        return ("no order: it was refused", _numbers(standing)) if refused else None
    same = [each for each in purchase.orders if each.number == saga.wrote.number]
    if len(same) != 1 or any(each.number != saga.wrote.number for each in standing):
        return f"{saga.wrote}, once", _numbers(purchase.orders)
    if (same[0].lines, same[0].total) != (saga.wrote.lines, saga.wrote.total):
        return str(saga.wrote), str(same[0])
    return None


def paid(purchase: Purchase) -> Broken:
    """What was taken is the total of the order that stands; nothing, where none does."""
    taken = purchase.money.taken if purchase.money is not None else NOTHING
    if (
        not purchase.places
        or taken == purchase.due
        or (purchase.saga is None and purchase.money is None)
    ):
        return None
    return f"{purchase.due:.2f} for {_numbers(purchase.orders)}", f"{taken:.2f} taken"


def booked(purchase: Purchase) -> Broken:
    """Our book of payments says what the provider has."""
    money = purchase.money
    if money is None:
        return None
    amount, none = money.amount, NOTHING
    expected = {
        "authorised": (none, none, amount),
        "captured": (amount, none, none),
        "refunded": (amount, amount, none),
        "declined": (none, none, none),
        "voided": (none, none, none),
        None: (none, none, none),
    }.get(money.status)
    found = (money.captured, money.refunded, money.authorised)
    if expected is None or expected == found:  # another status is under way
        return None
    return f"{money.status or 'no payment'}: {_amounts(expected)}", _amounts(found)


def handed_over(purchase: Purchase) -> Broken:
    """What was held is sold where the order was written, and let go where it was not."""
    saga, claim = purchase.saga, purchase.claim
    if saga is None or saga.kind != PLACE or saga.phase not in ("done", "undone"):
        return None
    found = claim.status if claim is not None else None
    wanted = ("sold",) if saga.phase == "done" else ("released", "refused", None)
    return None if found in wanted else (f"{wanted[0]}: the saga is {saga.phase}", str(found))


def finished(purchase: Purchase) -> Broken:
    """Nothing is reserved, authorised or pending any more."""
    left = []
    if purchase.saga is not None and purchase.saga.open:
        left.append(f"the saga goes {purchase.saga.phase}")
    if purchase.money is not None:
        if purchase.money.status in ("new", "authorised", "voiding"):
            left.append(f"its payment is {purchase.money.status}")
        if purchase.money.authorised:
            left.append(f"{purchase.money.authorised:.2f} authorised")
    if purchase.claim is not None and purchase.claim.pieces:
        left.append(f"{purchase.claim.pieces} pieces reserved")
    return ("all finished", ", ".join(left)) if left else None


def left_alone(purchase: Purchase) -> Broken:
    """An order that only bears its mark is the customer's own: not ours to cancel or refund."""
    return ("none of our sagas", ", ".join(purchase.touched)) if purchase.touched else None


def not_parked(purchase: Purchase) -> Broken:
    """No saga waits for a person."""
    if purchase.saga is None or purchase.saga.phase != "parked":
        return None
    return "ended", f"parked: {purchase.saga.reason}"


RULES: Mapping[str, Rule] = {
    "no order that nobody asked for": asked_for,
    "an acknowledged order is there, once, with equal lines and total": written_once,
    "money captured less refunded is the total of the order that stands": paid,
    "the book of payments says what the provider has": booked,
    "pieces that were held are sold with the order, or let go": handed_over,
    "nothing is reserved, authorised or pending any more": finished,
    "no saga waits for a person": not_parked,
    "an order of a customer who used our mark again is left alone": left_alone,
}


def judge(purchase: Purchase) -> dict[str, tuple[str, str]]:
    """The laws it breaks: name to what was expected and what was found."""
    answers = {name: rule(purchase) for name, rule in RULES.items()}
    return {name: broken for name, broken in answers.items() if broken is not None}


def _numbers(orders: "tuple[Ordered, ...] | list[Ordered]") -> str:
    said = [each.number if each.stands else f"{each.number} (cancelled)" for each in orders]
    return ", ".join(said) or "no order"


def _amounts(three: tuple[Decimal, Decimal, Decimal]) -> str:
    return "{:.2f} captured, {:.2f} refunded, {:.2f} authorised".format(*three)
