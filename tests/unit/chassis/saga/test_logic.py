"""The saga's rules, one at a time."""

from dataclasses import asdict

import pytest

from chassis.saga import logic
from chassis.saga.definition import Retry, Saga, Step, nothing
from chassis.saga.logic import Absent, Done, Move, Refusal, Unknown
from chassis.saga.state import Mode, Phase, State
from tests.rigs.sagas.logic import BACK, RETRY, SAGA, at, do, settled


def test_done_goes_on_to_the_next_step() -> None:
    state = settled(at(0), Done({"x": 1}))
    assert (state.position, state.mode, state.results) == (1, Mode.READY, {"a": {"x": 1}})


def test_the_last_step_ends_it() -> None:
    assert settled(at(2), Done({})).phase is Phase.DONE


def test_refused_before_the_pivot_goes_back_over_the_steps_before() -> None:
    state = settled(at(1), Refusal("no"))
    assert (state.phase, state.position, state.reason) == (Phase.BACKWARD, 0, "b: no")


def test_refused_after_the_pivot_is_parked_with_the_reason() -> None:
    state = settled(at(2), Refusal("no"))
    assert (state.phase, state.reason) == (Phase.PARKED, "c: no (after the pivot)")


def test_a_step_out_of_doubt_is_not_undone_and_one_in_doubt_is() -> None:
    late = 111.0
    assert settled(at(0), Absent("away"), late).phase is Phase.UNDONE
    assert settled(at(0), Unknown("no answer"), late).position == 0
    assert settled(at(0, doubt=True), Absent("away"), late).phase is Phase.BACKWARD


def test_an_unknown_pivot_is_asked_about_and_never_compensated() -> None:
    state = settled(at(1), Unknown("no answer"))
    assert logic.next_move(SAGA, state, 101.0) is Move.WAIT
    assert logic.next_move(SAGA, state, state.due) is Move.ASK
    state = settled(state, Unknown("no answer"), 111.0)
    assert (state.phase, state.reason) == (Phase.PARKED, "b: outcome unknown: no answer")


def test_a_step_found_begun_is_asked_about_or_repeated() -> None:
    assert logic.next_move(SAGA, at(1), 101.0) is Move.ASK
    assert logic.next_move(SAGA, at(0), 101.0) is Move.DO
    assert logic.begin(at(0), Move.DO, 101.0).doubt


@pytest.mark.parametrize(("attempts", "pause"), [(1, 1.0), (2, 2.0), (3, 4.0), (4, 4.0)])
def test_pauses_double_up_to_the_most(attempts: int, pause: float) -> None:
    assert settled(at(0, attempts=attempts), Absent("away")).due == 101.0 + pause


def test_a_callee_may_ask_for_more_patience() -> None:
    assert settled(at(0), Absent("away", after=7.0)).due == 108.0


def test_what_was_unknown_once_is_settled_by_an_answer() -> None:
    state = settled(at(1, mode=Mode.UNKNOWN, doubt=True), Absent("it had no effect"))
    assert (state.mode, state.doubt) == (Mode.READY, False)


def test_a_stretch_ends_before_what_cannot_be_repeated() -> None:
    assert [SAGA.stretch(position) for position in range(3)] == [0, 2, 2]
    assert logic.promising(SAGA, at(1)).reach == 2
    assert logic.promising(SAGA, State("id", "s", {}, phase=Phase.BACKWARD)).reach == -1


def test_what_must_be_stored_before_it_begins() -> None:
    promised = State("id", "s", {}, reach=2)
    assert not logic.must_store(SAGA, promised, at(2))
    assert logic.must_store(SAGA, promised, at(1))  # it cannot be repeated
    assert logic.must_store(SAGA, State("id", "s", {}), at(0))  # nobody knows of it
    turned = State("id", "s", {}, phase=Phase.BACKWARD)
    assert logic.must_store(SAGA, promised, turned)
    assert not logic.must_store(SAGA, turned, turned)


def test_a_step_within_reach_of_a_dead_instance_is_in_doubt() -> None:
    within = State("id", "s", {}, reach=0)
    assert logic.begin(within, Move.DO, 101.0).doubt
    assert not logic.begin(State("id", "s", {}), Move.DO, 101.0).doubt
    assert settled(at(1, reach=2), Absent("it had no effect")).reach == -1


def test_a_person_cannot_undo_past_a_pivot_that_has_no_compensation() -> None:
    parked = settled(at(2), Refusal("no"))
    with pytest.raises(ValueError, match="no way to undo b"):
        logic.compensate(SAGA, parked)
    assert logic.resume(parked).phase is Phase.FORWARD


@pytest.mark.parametrize("reach", [-1, 1, 2])  # of the instance before: steps it may have begun
def test_a_person_who_undoes_a_pivot_in_doubt_waits_until_it_is_certain(reach: int) -> None:
    given_up = logic.compensate(SAGA, logic.park(at(1, doubt=True, reach=reach)))
    assert (given_up.phase, given_up.given_up, given_up.recalled) == (Phase.FORWARD, True, False)
    assert settled(given_up, Absent("none")).reason == f"b: {logic.GIVEN_UP}"
    assert settled(given_up, Done({})).position == 2, "it had its effect, so it goes on"


def test_a_pivot_that_nobody_can_ask_about_is_not_given_up() -> None:
    mute = Saga("s", [SAGA.steps[0], Step("b", do, pivot=True), SAGA.steps[2]])
    with pytest.raises(ValueError, match="no way to undo b"):
        logic.compensate(mute, logic.park(at(1, doubt=True)))


def test_a_person_undoes_also_the_step_over_whose_undoing_it_was_parked() -> None:
    """Or what that step holds would be held for ever."""
    back = State("id", "s", {}, phase=Phase.BACKWARD, position=0, reason="b: no")
    parked = settled(back, Refusal("sold before"))
    assert (parked.phase, parked.parked_from) == (Phase.PARKED, Phase.BACKWARD)
    turned = logic.compensate(SAGA, parked)
    assert (turned.phase, turned.position) == (Phase.BACKWARD, 0)


def test_a_saga_without_a_way_back_before_its_pivot_is_refused() -> None:
    with pytest.raises(ValueError, match="a comes before the pivot"):
        Saga("s", [Step("a", do), Step("b", do, pivot=True)])


def test_state_survives_storing() -> None:
    state = settled(at(2), Refusal("no", {"status": 409}))
    assert State.from_dict(asdict(state) | {"of a newer version": 1}) == state


def test_without_a_way_back_a_refusal_is_parked() -> None:
    saga = Saga("s", [Step("a", do), Step("b", do)], onward=True)
    state = logic.settle(saga, at(0), Refusal("no"), 101.0, lambda: 1.0)
    assert (state.phase, state.reason) == (Phase.PARKED, "a: no (after the pivot)")


# at the edges


def test_a_deadline_is_over_when_it_is_reached() -> None:
    assert settled(at(0), Absent("away"), 109.9).phase is Phase.FORWARD
    assert settled(at(0), Absent("away"), 110.0).phase is Phase.UNDONE
    endless = Saga("s", [Step("a", do, undo=nothing, retry=Retry(deadline=None))])
    state = logic.settle(endless, at(0), Absent("away"), 1e9, lambda: 1.0)
    assert state.phase is Phase.FORWARD


def test_bad_answers_have_a_budget_before_the_pivot_at_it_and_on_the_way_back() -> None:
    bad = Unknown("500", answered=True)
    for position in (0, 1, 2):
        last = at(position, answers=Retry().answers - 2)
        assert settled(last, bad).answers == Retry().answers - 1
        assert settled(last, bad).phase is Phase.FORWARD
        state = settled(at(position, answers=Retry().answers - 1), bad)
        assert (state.phase, state.parked_from) == (Phase.PARKED, Phase.FORWARD)
        assert state.reason.endswith("25 bad answers, at last: 500")
    assert settled(at(0, answers=99), Unknown("lost")).phase is Phase.PARKED
    back = at(0, phase=Phase.BACKWARD, reason="b: no", answers=logic.UNDO_RETRY.answers - 1)
    parked = settled(back, bad)
    assert (parked.phase, parked.parked_from) == (Phase.PARKED, Phase.BACKWARD)
    assert parked.reason == "undoing a: 500; undone because: b: no"
    assert settled(back, Unknown("lost")).phase is Phase.BACKWARD


def test_an_absence_costs_nothing_of_the_budget() -> None:
    state = settled(at(0, answers=3), Absent("away", callee="legacy"))
    assert (state.answers, state.waits_for) == (3, "legacy")
    assert settled(state, Unknown("lost")).waits_for == ""
    assert settled(state, Done({})).waits_for == ""


@pytest.mark.parametrize(
    ("outcome", "attempts", "pause"),
    [
        (Unknown("500", answered=True), 4, 8.0),  # longer than after an absence
        (Unknown("500", answered=True), 9, 30.0),
        (Unknown("lost"), 9, 4.0),
        (Absent("429", answered=True), 9, 30.0),
        (Absent("429", after=40.0, answered=True), 1, 40.0),
        (Absent("away"), 0, 1.0),
        (Absent("away"), 99, 4.0),
    ],
)
def test_after_a_bad_answer_pauses_grow_longer(
    outcome: logic.Outcome, attempts: int, pause: float
) -> None:
    assert settled(at(0, attempts=attempts), outcome).due == 101.0 + pause


def test_pauses_are_spread_over_their_second_half() -> None:
    for drawn, pause in ((0.0, 0.5), (0.5, 0.75)):
        state = logic.settle(SAGA, at(0), Absent("away"), 101.0, lambda d=drawn: d)
        assert state.due == 101.0 + pause


def test_a_compensation_is_tried_for_an_hour_and_then_a_person_looks() -> None:
    assert logic.limits(SAGA, BACK) is logic.UNDO_RETRY
    assert logic.limits(SAGA, at(1)) is RETRY
    later = settled(BACK, Unknown("lost"), 101.0)
    assert (later.phase, later.due) == (Phase.BACKWARD, 101.0 + logic.UNDO_RETRY.first)
    assert settled(BACK, Absent("away", after=9.0), 101.0).due == 110.0
    assert settled(BACK, Unknown("lost"), 3699.0).phase is Phase.BACKWARD
    parked = settled(BACK, Unknown("lost"), 3700.0)
    assert (parked.phase, parked.reason) == (
        Phase.PARKED, "undoing a: lost; undone because: b: no",
    )  # fmt: skip
    assert settled(BACK, Done({})).phase is Phase.UNDONE


def test_on_the_way_back_steps_that_left_nothing_are_passed_over() -> None:
    steps = [
        Step("a", do, undo=nothing), Step("b", do, undo=nothing), Step("p", do, pivot=True),
        Step("c", do), Step("d", do, undo=nothing),
    ]  # fmt: skip
    saga = Saga("s", steps)
    back = State("id", "s", {}, phase=Phase.BACKWARD, position=4)
    after = logic.settle(saga, back, Done({}), 101.0, lambda: 1.0)
    assert (after.phase, after.position) == (Phase.BACKWARD, 1)


def test_what_to_do_next() -> None:
    for phase in (Phase.DONE, Phase.UNDONE, Phase.PARKED):
        assert logic.next_move(SAGA, State("id", "s", {}, phase=phase), 1.0) is Move.END
    waiting = State("id", "s", {}, due=10.0)
    assert logic.next_move(SAGA, waiting, 9.9) is Move.WAIT
    assert logic.next_move(SAGA, waiting, 10.0) is Move.DO
    assert logic.next_move(SAGA, BACK, 10.0) is Move.UNDO
    assert logic.next_move(SAGA, at(1, mode=Mode.READY), 101.0) is Move.DO
    assert logic.next_move(SAGA, at(1, mode=Mode.UNKNOWN), 101.0) is Move.ASK


def test_the_first_attempt_sets_the_time_that_deadlines_count_from() -> None:
    fresh = State("id", "s", {})
    begun = logic.begin(fresh, Move.DO, 50.0)
    assert (begun.attempts, begun.since, begun.tried, begun.mode) == (1, 50.0, 50.0, Mode.BEGUN)
    again = logic.begin(begun, Move.DO, 60.0)
    assert (again.attempts, again.since, again.tried, again.doubt) == (2, 50.0, 60.0, True)
    asked = logic.begin(begun, Move.ASK, 60.0)
    assert (asked.attempts, asked.tried, asked.doubt) == (2, 50.0, False)
    assert logic.begin(State("id", "s", {}, doubt=True), Move.DO, 1.0).doubt
