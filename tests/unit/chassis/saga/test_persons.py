"""What becomes of a saga that a person parks, resumes or undoes, or that its client recalls."""

import pytest

from chassis.saga import logic
from chassis.saga.definition import Saga, Step, nothing
from chassis.saga.logic import Absent, Done, Unknown
from chassis.saga.state import Mode, Phase, State
from tests.rigs.sagas.logic import BACK, SAGA, at, do, settled


def test_a_parked_one_keeps_why_it_was_going_back() -> None:
    assert logic.park(at(0)).reason == "a person parked it"
    parked = logic.park(BACK)
    assert (parked.reason, parked.parked_from) == ("a person parked it; b: no", Phase.BACKWARD)
    for phase in (Phase.DONE, Phase.PARKED):
        with pytest.raises(ValueError, match=f"saga id is {phase}: there is nothing to stop"):
            logic.park(State("id", "s", {}, phase=phase))


def test_a_resumed_one_goes_on_where_it_was_with_a_fresh_budget() -> None:
    parked = logic.park(at(1, answers=25, waits_for="x", told=("a",), again=3, due=999.0))
    state = logic.resume(parked)
    assert (state.phase, state.position, state.parked_from) == (Phase.FORWARD, 1, None)
    assert (state.attempts, state.since, state.due, state.answers) == (0, 0.0, 0.0, 0)
    assert (state.waits_for, state.told, state.again) == ("", (), 0)
    assert state.mode is Mode.BEGUN  # as found after a crash
    assert logic.resume(logic.park(BACK)).phase is Phase.BACKWARD
    old = State("id", "s", {}, phase=Phase.PARKED)  # of a version that did not say from where
    assert logic.resume(old).phase is Phase.FORWARD
    with pytest.raises(ValueError, match="saga id is forward, not parked"):
        logic.resume(at(0))


def test_who_resumes_a_step_approves_it_and_no_other_one() -> None:
    assert not at(1).approved
    resumed = logic.resume(logic.park(at(1, mode=Mode.READY)))
    assert resumed.approved
    begun = logic.begin(resumed, logic.Move.DO, 1.0)
    again = logic.settle(SAGA, begun, logic.Absent("away"), 1.0, lambda: 0.0)
    assert again.approved, "its next attempt, too"
    onward = logic.settle(SAGA, begun, logic.Done({}), 1.0, lambda: 0.0)
    assert (onward.position, onward.approved) == (2, False)
    in_doubt = logic.park(at(1, doubt=True, mode=Mode.UNKNOWN))
    assert not logic.compensate(SAGA, in_doubt).approved


def test_an_open_one_is_not_compensated_and_the_remedy_is_named() -> None:
    with pytest.raises(ValueError, match=r"is forward, not parked; park it first$"):
        logic.compensate(SAGA, at(0))
    with pytest.raises(ValueError, match=r"is done, not parked$"):
        logic.compensate(SAGA, State("id", "s", {}, phase=Phase.DONE))


@pytest.mark.parametrize(("doubt", "position"), [(True, 1), (False, 0)])
def test_what_is_in_doubt_is_compensated_too(doubt: bool, position: int) -> None:
    steps = [Step("a", do, undo=nothing), Step("b", do, undo=nothing)]
    saga = Saga("s", steps)
    parked = logic.park(at(1, doubt=doubt, mode=Mode.READY))
    state = logic.compensate(saga, parked)
    assert (state.phase, state.position, state.parked_from) == (Phase.BACKWARD, position, None)
    assert state.reason == "a person parked it"
    reached = logic.compensate(saga, logic.park(at(0, reach=1, mode=Mode.READY)))
    assert (reached.position, reached.reach) == (1, -1)


# what the client no longer wants


def test_before_the_pivot_a_recalled_one_goes_back_at_once() -> None:
    state = logic.recall(SAGA, at(0))
    assert (state.phase, state.recalled) == (Phase.UNDONE, True)
    state = logic.recall(SAGA, at(1, mode=Mode.READY))
    assert (state.phase, state.reason) == (Phase.BACKWARD, f"b: {logic.RECALLED}")


@pytest.mark.parametrize(
    "state",
    [at(1), at(1, mode=Mode.UNKNOWN, doubt=True), at(1, mode=Mode.READY, doubt=True)],
)
def test_at_the_pivot_it_waits_until_that_is_certain(state: State) -> None:
    recalled = logic.recall(SAGA, state.changed(due=999.0))
    assert (recalled.phase, recalled.recalled, recalled.due) == (Phase.FORWARD, True, 0.0)
    assert settled(recalled, Unknown("lost")).phase is Phase.FORWARD
    assert settled(recalled, Absent("it had no effect")).phase is Phase.BACKWARD
    done = settled(recalled, Done({"order": 1}))
    assert (done.phase, done.position, done.recalled) == (Phase.FORWARD, 2, True)


def test_a_parked_one_stays_parked_and_is_marked() -> None:
    recalled = logic.recall(SAGA, logic.park(at(0)))
    assert (recalled.phase, recalled.recalled) == (Phase.PARKED, True)


def test_past_the_pivot_there_is_nothing_to_recall() -> None:
    for state in (at(2), State("id", "s", {}, phase=Phase.DONE, position=3)):
        with pytest.raises(ValueError, match="past its pivot"):
            logic.recall(SAGA, state)
    ended = State("id", "s", {}, phase=Phase.UNDONE)
    assert logic.recall(SAGA, ended) is ended
    assert logic.recall(SAGA, BACK) is BACK
