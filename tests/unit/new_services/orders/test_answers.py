"""How a saga that came to nothing is told."""

from dataclasses import replace

import pytest

from chassis.saga import Phase, State
from chassis.web.app import Problem
from new_services.orders import answers, kinds

UNDONE = State("S1", kinds.PLACE, {}, phase=Phase.UNDONE, reason="reserve: out of time")


@pytest.mark.parametrize("phase", [Phase.UNDONE, Phase.BACKWARD])
def test_a_key_whose_saga_came_to_nothing_is_spent(phase: Phase) -> None:
    """It gets the same answer for as long as it is kept: to ask again with it is in vain."""
    with pytest.raises(Problem) as caught:
        answers.placed(replace(UNDONE, phase=phase), "tap-tap")
    problem = caught.value
    assert (problem.status, problem.headers) == (503, None)
    assert "a new Idempotency-Key" in problem.detail


def test_without_a_key_the_same_request_is_a_new_attempt() -> None:
    with pytest.raises(Problem) as caught:
        answers.placed(UNDONE, "")
    assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "1"})
    assert "Idempotency-Key" not in caught.value.detail


def test_who_was_refused_hears_the_words_of_whoever_refused() -> None:
    refused = replace(UNDONE, answer={"status": 409, "body": {"error": "out of stock"}})
    answer = answers.placed(refused, "tap-tap")
    assert (answer.status_code, answer.body) == (409, b'{"error":"out of stock"}')
