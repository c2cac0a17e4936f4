"""How a saga may be built, and where its pivot is."""

import pytest

from chassis.saga.definition import Saga, Step, nothing
from tests.rigs.sagas.logic import SAGA, ask, do


@pytest.mark.parametrize(
    ("steps", "error"),
    [
        ([], "named, each once"),
        ([Step("a", do), Step("a", do)], "named, each once"),
        (
            [Step("a", do, pivot=True), Step("b", do, pivot=True)],
            "more than one pivot",
        ),
    ],
)
def test_steps_that_cannot_keep_the_promise_are_refused(steps: list[Step], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        Saga("s", steps)


def test_the_pivot_is_where_the_direction_is_decided() -> None:
    plain = [Step("a", do, undo=nothing), Step("b", do, undo=nothing)]
    assert Saga("s", plain).pivot == 2
    assert Saga("s", plain, onward=True).pivot == -1
    assert SAGA.pivot == 1
    assert [SAGA.guarded(position) for position in range(3)] == [False, True, False]
    asked = Saga("s", [Step("a", do, undo=nothing, ask=ask), *plain[1:]])
    assert [asked.guarded(position) for position in range(2)] == [True, False]
