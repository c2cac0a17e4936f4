"""What a request that waits answers to the exchange."""

from facade.proxy.observer import Uninterested


def test_whoever_only_waits_has_no_answer_when_it_is_too_late() -> None:
    one = Uninterested()
    assert (one.goes_on, one.late()) == (False, False)
