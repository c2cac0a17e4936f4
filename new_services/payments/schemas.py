"""What other services send, and what they get."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field

from new_services.payments.domain import Payment

Amount = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class Authorise(BaseModel):
    """The amount in euros, as text with two decimals."""

    amount: Amount
    method: str = Field(max_length=20)


OrderNo = Annotated[str, Field(max_length=50)]


class Capture(BaseModel):
    """The amount to take; it may differ from what was authorised, by much only where a person has
    approved it. And the order it pays for."""

    amount: Amount
    order_no: OrderNo = ""
    approved: bool = False


class Refund(BaseModel):
    """The order whose money it is: of another one's, nothing is given back."""

    order_no: OrderNo = ""


def document(payment_id: str, payment: Payment | None) -> dict[str, str]:
    """One payment, also one that never was."""
    if payment is None:
        return {"payment_id": payment_id, "status": "none", "amount": "0.00"}
    return {
        "payment_id": payment.id,
        "status": payment.status.value,
        "amount": f"{payment.amount:.2f}",
        "method": payment.method,
        "reason": payment.reason,
    }
