"""Which operation is possible when. A state machine is a table and a look-up."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum


class Status(StrEnum):
    """Where a payment stands."""

    NEW = "new"  # its authorisation was begun
    AUTHORISED = "authorised"
    DECLINED = "declined"
    CAPTURED = "captured"
    VOIDING = "voiding"  # its end was begun: whatever comes later is refused
    VOIDED = "voided"
    REFUNDED = "refunded"


class Operation(StrEnum):
    """What can be asked for."""

    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


class Verdict(Enum):
    """What an operation comes to in a status."""

    GO = "go"
    DONE = "done"  # it has been done before, or there is nothing to do
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment; `amount` is what was authorised, and once captured what was captured, for the
    order of that number."""

    id: str
    method: str
    amount: Decimal
    status: Status
    reason: str = ""
    order_no: str = ""

    def is_of(self, order_no: str) -> bool:
        """Whether it may have paid for that order: it may while one number is not known."""
        return not order_no or self.order_no in ("", order_no)

    @property
    def given_back(self) -> bool:
        """Its order was cancelled before anything was taken."""
        return self.reason == CANCELLED


CANCELLED = "its order was cancelled"
AFTER = {
    Operation.AUTHORISE: Status.AUTHORISED,
    Operation.CAPTURE: Status.CAPTURED,
    Operation.VOID: Status.VOIDED,
    Operation.REFUND: Status.REFUNDED,
}

_GO: dict[Operation, set[Status | None]] = {
    Operation.AUTHORISE: {None, Status.NEW},
    Operation.CAPTURE: {Status.AUTHORISED, Status.VOIDING},  # then: was it taken before?
    Operation.VOID: {None, Status.NEW, Status.AUTHORISED, Status.VOIDING},
    Operation.REFUND: {Status.CAPTURED},
}
_DONE: dict[Operation, set[Status | None]] = {
    Operation.AUTHORISE: {Status.AUTHORISED, Status.CAPTURED},
    Operation.CAPTURE: {Status.CAPTURED, Status.VOIDED, Status.REFUNDED},
    Operation.VOID: {Status.VOIDED, Status.DECLINED},
    Operation.REFUND: {None, Status.REFUNDED, Status.DECLINED, Status.VOIDED},
}


def possible(operation: Operation) -> list[Status]:
    """The statuses of a payment in which the operation is carried out."""
    return [status for status in _GO[operation] if status is not None]


def judge(operation: Operation, payment: Payment | None) -> Verdict:
    """Whether the operation is to be carried out on this payment, or none of that id."""
    status = payment.status if payment else None
    ending = status in (Status.VOIDING, Status.VOIDED)
    if operation is Operation.CAPTURE and payment and ending and not payment.given_back:
        return Verdict.REFUSE  # it should never have come to that: the order stands, unpaid
    if status in _GO[operation]:
        return Verdict.GO
    return Verdict.DONE if status in _DONE[operation] else Verdict.REFUSE
