"""Which operation is possible when."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from new_services.payments.domain import (
    AFTER,
    CANCELLED,
    Operation,
    Payment,
    Status,
    Verdict,
    judge,
)


def _in(status: Status) -> Payment:
    return Payment("p", "card", Decimal("1.00"), status)


@given(st.sampled_from(list(Operation)), st.sampled_from([None, *Status]))
def test_what_was_done_is_done_when_asked_again(
    operation: Operation, status: Status | None
) -> None:
    if judge(operation, _in(status) if status else None) is Verdict.GO:
        assert judge(operation, _in(AFTER[operation])) is Verdict.DONE


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        (Operation.AUTHORISE, Status.VOIDING),
        (Operation.AUTHORISE, Status.VOIDED),
        (Operation.AUTHORISE, Status.DECLINED),
        (Operation.CAPTURE, Status.VOIDING),
        (Operation.CAPTURE, Status.VOIDED),
        (Operation.CAPTURE, None),
        (Operation.VOID, Status.CAPTURED),
        (Operation.REFUND, Status.AUTHORISED),
    ],
)
def test_what_is_too_late_or_too_early_is_refused(
    operation: Operation, status: Status | None
) -> None:
    assert judge(operation, _in(status) if status else None) is Verdict.REFUSE


def test_a_void_before_the_authorisation_is_carried_out_to_bar_it() -> None:
    assert judge(Operation.VOID, None) is Verdict.GO
    assert judge(Operation.AUTHORISE, _in(AFTER[Operation.VOID])) is Verdict.REFUSE


def test_there_is_nothing_to_refund_of_a_payment_that_never_was() -> None:
    assert judge(Operation.REFUND, None) is Verdict.DONE


def test_there_is_nothing_to_capture_of_a_payment_that_was_given_back() -> None:
    assert judge(Operation.CAPTURE, _in(Status.REFUNDED)) is Verdict.DONE
    given_back = replace(_in(Status.VOIDED), reason=CANCELLED)
    assert judge(Operation.CAPTURE, given_back) is Verdict.DONE


def test_a_capture_that_meets_the_giving_back_asks_whether_it_was_faster() -> None:
    going = replace(_in(Status.VOIDING), reason=CANCELLED)
    assert judge(Operation.CAPTURE, going) is Verdict.GO
