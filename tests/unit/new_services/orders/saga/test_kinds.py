"""How a saga of each kind begins, and which order it brought about."""

import pytest

from contracts.orders import Order
from new_services.orders.saga import kinds
from tests.rigs.shop.stories import ANNA, ORDER


def test_each_kind_has_its_id_by_the_order() -> None:
    begun = [
        kinds.stray("SO-1", ANNA),
        kinds.settling(ORDER, ANNA),
        kinds.cancelling("SO-1", ANNA, "X", "t1"),
    ]
    assert [(each.kind, each.saga_id) for each in begun] == [
        (kinds.STRAY, "stray:SO-1"),
        (kinds.SETTLE, f"settle:{ORDER.order_no}"),
        (kinds.CANCEL, "cancel:SO-1:X"),
    ]
    assert {each.request["customer"]["email"] for each in begun} == {ANNA.email}
    assert begun[2].request["order_no"] == "SO-1"


def test_only_the_cancelling_after_a_recall_is_one() -> None:
    assert kinds.after_recall(kinds.cancelling("SO-1", ANNA, kinds.RECALLED).saga_id)
    assert not kinds.after_recall(kinds.cancelling("SO-1", ANNA, "X").saga_id)
    assert not kinds.after_recall("0123456789ABCDEF")


@pytest.mark.parametrize("step", ["write", "cancel"])
def test_the_outcome_is_the_order_of_the_pivot(step: str) -> None:
    found = kinds.outcome({"quote": {"amount": "1"}, step: {"order": ORDER.to_dict()}})
    assert isinstance(found, Order) and found == ORDER
    assert kinds.outcome({"quote": {"amount": "1"}}) is None
