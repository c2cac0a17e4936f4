"""What the sagas of other services send."""

from contracts.ownership import Stamp
from new_services.inventory.schemas import PutBack, Reserve, Sell


def test_a_call_says_who_owns_the_orders() -> None:
    body = '{"pieces": {"A": 1}, "epoch": 4, "ours": true, "window": true}'
    assert Reserve.model_validate_json(body).stamp == Stamp(4, ours=True, window=True)


def test_a_call_that_says_nothing_of_it_speaks_for_the_monolith() -> None:
    sold = Sell.model_validate_json('{"order_no": "SO-1", "created": "then"}')
    back = PutBack.model_validate_json('{"pieces": {"A": 1}, "created": "then"}')
    assert sold.stamp == back.stamp == Stamp(0, ours=False)
