"""The saga's rules, one at a time."""

import pytest

from chassis.saga import logic
from chassis.saga.definition import Context, Data, Retry, Saga, Step, nothing
from chassis.saga.logic import Absent, Done, Move, Refusal, Unknown
from chassis.saga.state import Mode, Phase, State


async def _do(_: Context) -> Data:
    return {}


async def _ask(_: Context) -> Data | None:
    return None


RETRY = Retry(deadline=10.0, first=1.0, most=4.0)
SAGA = Saga(
    "s",
    [
        Step("a", _do, undo=nothing, retry=RETRY),
        Step("b", _do, ask=_ask, pivot=True, retry=RETRY),
        Step("c", _do, retry=RETRY),
    ],
)


def _at(position: int, **more: object) -> State:
    fields: dict[str, object] = {"mode": Mode.BEGUN, "attempts": 1, "since": 100.0, **more}
    return State("id", "s", {}, position=position, **fields)  # type: ignore[arg-type]


def _settle(state: State, outcome: logic.Outcome, now: float = 101.0) -> State:
    return logic.settle(SAGA, state, outcome, now, lambda: 1.0)


def test_done_goes_on_to_the_next_step() -> None:
    state = _settle(_at(0), Done({"x": 1}))
    assert (state.position, state.mode, state.results) == (1, Mode.READY, {"a": {"x": 1}})


def test_the_last_step_ends_it() -> None:
    assert _settle(_at(2), Done({})).phase is Phase.DONE


def test_refused_before_the_pivot_goes_back_over_the_steps_before() -> None:
    state = _settle(_at(1), Refusal("no"))
    assert (state.phase, state.position, state.reason) == (Phase.BACKWARD, 0, "b: no")


def test_refused_after_the_pivot_is_parked_with_the_reason() -> None:
    state = _settle(_at(2), Refusal("no"))
    assert (state.phase, state.reason) == (Phase.PARKED, "c: no (after the pivot)")


def test_a_step_out_of_doubt_is_not_undone_and_one_in_doubt_is() -> None:
    late = 111.0
    assert _settle(_at(0), Absent("away"), late).phase is Phase.UNDONE
    assert _settle(_at(0), Unknown("no answer"), late).position == 0
    assert _settle(_at(0, doubt=True), Absent("away"), late).phase is Phase.BACKWARD


def test_an_unknown_pivot_is_asked_about_and_never_compensated() -> None:
    state = _settle(_at(1), Unknown("no answer"))
    assert logic.next_move(SAGA, state, 101.0) is Move.WAIT
    assert logic.next_move(SAGA, state, state.due) is Move.ASK
    state = _settle(state, Unknown("no answer"), 111.0)
    assert (state.phase, state.reason) == (Phase.PARKED, "b: outcome unknown: no answer")


def test_a_step_found_begun_is_asked_about_or_repeated() -> None:
    assert logic.next_move(SAGA, _at(1), 101.0) is Move.ASK
    assert logic.next_move(SAGA, _at(0), 101.0) is Move.DO
    assert logic.begin(_at(0), Move.DO, 101.0).doubt


@pytest.mark.parametrize(("attempts", "pause"), [(1, 1.0), (2, 2.0), (3, 4.0), (4, 4.0)])
def test_pauses_double_up_to_the_most(attempts: int, pause: float) -> None:
    assert _settle(_at(0, attempts=attempts), Absent("away")).due == 101.0 + pause


def test_a_callee_may_ask_for_more_patience() -> None:
    assert _settle(_at(0), Absent("away", after=7.0)).due == 108.0


def test_what_was_unknown_once_is_settled_by_an_answer() -> None:
    state = _settle(_at(1, mode=Mode.UNKNOWN, doubt=True), Absent("it had no effect"))
    assert (state.mode, state.doubt) == (Mode.READY, False)


def test_a_stretch_ends_before_what_cannot_be_repeated() -> None:
    assert [SAGA.stretch(position) for position in range(3)] == [0, 2, 2]
    assert logic.promising(SAGA, _at(1)).reach == 2
    assert logic.promising(SAGA, State("id", "s", {}, phase=Phase.BACKWARD)).reach == -1


def test_what_must_be_stored_before_it_begins() -> None:
    promised = State("id", "s", {}, reach=2)
    assert not logic.must_store(SAGA, promised, _at(2))
    assert logic.must_store(SAGA, promised, _at(1))  # it cannot be repeated
    assert logic.must_store(SAGA, State("id", "s", {}), _at(0))  # nobody knows of it
    turned = State("id", "s", {}, phase=Phase.BACKWARD)
    assert logic.must_store(SAGA, promised, turned)
    assert not logic.must_store(SAGA, turned, turned)


def test_a_step_within_reach_of_a_dead_instance_is_in_doubt() -> None:
    within = State("id", "s", {}, reach=0)
    assert logic.begin(within, Move.DO, 101.0).doubt
    assert not logic.begin(State("id", "s", {}), Move.DO, 101.0).doubt
    assert _settle(_at(1, reach=2), Absent("it had no effect")).reach == -1


def test_a_person_cannot_undo_past_a_pivot_that_has_no_compensation() -> None:
    parked = _settle(_at(2), Refusal("no"))
    with pytest.raises(ValueError, match="no way to undo b"):
        logic.compensate(SAGA, parked)
    assert logic.resume(parked).phase is Phase.FORWARD


@pytest.mark.parametrize("reach", [-1, 1, 2])  # of whoever had it in hand: steps it may have begun
def test_a_person_who_undoes_a_pivot_in_doubt_waits_until_it_is_certain(reach: int) -> None:
    given_up = logic.compensate(SAGA, logic.park(_at(1, doubt=True, reach=reach)))
    assert (given_up.phase, given_up.given_up, given_up.recalled) == (Phase.FORWARD, True, False)
    assert _settle(given_up, Absent("none")).reason == f"b: {logic.GIVEN_UP}"
    assert _settle(given_up, Done({})).position == 2, "it had its effect, so it goes on"


def test_a_pivot_that_nobody_can_ask_about_is_not_given_up() -> None:
    mute = Saga("s", [SAGA.steps[0], Step("b", _do, pivot=True), SAGA.steps[2]])
    with pytest.raises(ValueError, match="no way to undo b"):
        logic.compensate(mute, logic.park(_at(1, doubt=True)))


def test_a_person_undoes_also_the_step_over_whose_undoing_it_was_parked() -> None:
    """Or what that step holds would be held for ever."""
    back = State("id", "s", {}, phase=Phase.BACKWARD, position=0, reason="b: no")
    parked = _settle(back, Refusal("sold before"))
    assert (parked.phase, parked.parked_from) == (Phase.PARKED, Phase.BACKWARD)
    turned = logic.compensate(SAGA, parked)
    assert (turned.phase, turned.position) == (Phase.BACKWARD, 0)


def test_a_saga_without_a_way_back_before_its_pivot_is_refused() -> None:
    with pytest.raises(ValueError, match="a comes before the pivot"):
        Saga("s", [Step("a", _do), Step("b", _do, pivot=True)])


def test_state_survives_storing() -> None:
    state = _settle(_at(2), Refusal("no", {"status": 409}))
    assert State.from_dict(state.to_dict() | {"of a newer version": 1}) == state


def test_without_a_way_back_a_refusal_is_parked() -> None:
    saga = Saga("s", [Step("a", _do), Step("b", _do)], onward=True)
    state = logic.settle(saga, _at(0), Refusal("no"), 101.0, lambda: 1.0)
    assert (state.phase, state.reason) == (Phase.PARKED, "a: no (after the pivot)")
