"""How much may be taken of what was authorised."""

from decimal import Decimal

import pytest

from new_services.payments.domain import Operation, Payment, Status
from new_services.payments.handlers import MOST_TAKEN, Command, NotPossible, _begun

AUTHORISED = Payment("S-1", "card", Decimal("100.00"), Status.AUTHORISED)


@pytest.mark.parametrize("amount", ["0.00", "99.99", "100.00", "115.00"])
def test_a_little_more_than_was_authorised_may_be_taken(amount: str) -> None:
    command = Command(Operation.CAPTURE, "S-1", Decimal(amount), order_no="SO-1")
    assert _begun(command, AUTHORISED).amount == Decimal(amount)


@pytest.mark.parametrize("amount", ["115.01", "500.00"])
def test_much_more_is_for_a_person_to_judge(amount: str) -> None:
    command = Command(Operation.CAPTURE, "S-1", Decimal(amount), order_no="SO-1")
    with pytest.raises(NotPossible, match=f"{amount} of 100.00 authorised"):
        _begun(command, AUTHORISED)
    assert Decimal("1.15") == MOST_TAKEN
