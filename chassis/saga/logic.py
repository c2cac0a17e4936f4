"""The saga's rules, without I/O: the next move, and the state after an outcome.

            Done                          past the last step
FORWARD ──────────────▶ FORWARD (next) ──────────────────────▶ DONE
   │ Refused, or out of time, before the pivot's effect
   ▼                    Done, at the first step
BACKWARD ─────────────────────────────────────────────────────▶ UNDONE
   │ out of time or of bad answers;  or FORWARD refused after the pivot;  or a person says park
   ▼
 PARKED ── a person: resume or compensate ──▶ where it was, or BACKWARD

A client may recall a saga, and a person may give it up: it is then undone, as soon as it is certain
that the pivot had no effect.

Not every step is stored before it begins. A stored state promises a stretch of steps that are safe
to repeat; a runner that loads the saga repeats them, and compensates all of them if the saga goes
back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from chassis.saga.definition import Data, Retry, Saga, Step
from chassis.saga.state import Mode, Phase, State

UNDO_RETRY = Retry(deadline=3600.0, timeout=2.0, first=0.1, most=10.0)
RECALLED = "it is not wanted any more"
GIVEN_UP = "a person gave it up"

Spread: TypeAlias = Callable[[], float]  # in [0, 1)


class Move(Enum):
    """What a runner is to do with a saga now."""

    DO = "do"
    ASK = "ask"
    UNDO = "undo"
    WAIT = "wait"
    END = "end"


@dataclass(frozen=True, slots=True)
class Done:
    """The effect is there (of an action), or gone (of a compensation)."""

    result: Data


@dataclass(frozen=True, slots=True)
class Refusal:
    """No effect, and none to come."""

    reason: str
    answer: Data | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """No effect so far: the action said so itself, or the question did."""

    reason: str
    after: float = 0.0
    callee: str = ""  # the callee that is away
    answered: bool = False  # the callee said so itself


@dataclass(frozen=True, slots=True)
class Unknown:
    """The outcome is unknown: there was no answer, or a meaningless one."""

    reason: str
    after: float = 0.0
    callee: str = ""
    answered: bool = False


Outcome: TypeAlias = Done | Refusal | Absent | Unknown


def limits(saga: Saga, state: State) -> Retry:
    """Of the attempt that the saga is at."""
    return UNDO_RETRY if state.phase is Phase.BACKWARD else saga.steps[state.position].retry


def next_move(saga: Saga, state: State, now: float) -> Move:
    """What to do with the saga at this time."""
    if state.phase.ended:
        return Move.END
    if state.due > now:
        return Move.WAIT
    if state.phase is Phase.BACKWARD:
        return Move.UNDO
    uncertain = state.mode is not Mode.READY
    return Move.ASK if uncertain and saga.steps[state.position].ask else Move.DO


def begin(state: State, move: Move, now: float) -> State:
    """An attempt begins: stored before it does."""
    state = state.changed(attempts=state.attempts + 1, since=state.since or now)
    if move is not Move.DO:
        return state
    # Begun already: an instance died over it, and its attempt may yet have had its effect.
    begun = state.mode is Mode.BEGUN or state.position <= state.reach
    return state.changed(mode=Mode.BEGUN, doubt=state.doubt or begun, tried=now)


def must_store(saga: Saga, stored: State, state: State) -> bool:
    """Whether `state`, about to be carried on, must be stored first, `stored` being what is."""
    if state.phase is Phase.BACKWARD:
        return stored.phase is not Phase.BACKWARD  # after a turn there is no way forward any more
    return saga.guarded(state.position) or state.position > stored.reach


def promising(saga: Saga, state: State) -> State:
    """The state as it is stored by whoever goes on: what may be begun before the next time."""
    if state.phase is not Phase.FORWARD:
        return state
    return state.changed(reach=max(state.reach, saga.stretch(state.position)))


def settle(saga: Saga, state: State, outcome: Outcome, now: float, spread: Spread) -> State:
    """The state after an action, a question or a compensation came out so."""
    if isinstance(outcome, Absent | Unknown):
        answers = state.answers + outcome.answered
        state = state.changed(waits_for=outcome.callee, answers=answers)
    if state.phase is Phase.BACKWARD:
        return _settle_back(saga, state, outcome, now, spread)
    step = saga.steps[state.position]
    if isinstance(outcome, Done):
        return _advance(saga, state, step, outcome.result)
    if isinstance(outcome, Refusal):
        # An idempotent callee that says no has said so to every earlier attempt too.
        return _fail(saga, state.changed(answer=outcome.answer, doubt=False), outcome.reason)
    if isinstance(outcome, Absent):
        # With a question, absence settles the doubt; a bare "not yet" tells of one attempt only.
        settled = step.ask is not None
        reach = -1 if settled else state.reach  # nor was a step after it begun
        state = state.changed(mode=Mode.READY, doubt=state.doubt and not settled, reach=reach)
    else:
        state = state.changed(mode=Mode.UNKNOWN, doubt=True)
    if _may_turn(saga, state) and state.unwanted:
        return _recalled(saga, state)
    if _out_of_time(step.retry, state, now):
        return _give_up(saga, state, outcome.reason)
    if _out_of_answers(step.retry, state):
        return _park(state, f"{step.name}: {state.answers} bad answers, at last: {outcome.reason}")
    return state.changed(due=now + max(outcome.after, _pause(step.retry, state, outcome, spread)))


def park(state: State) -> State:
    """A person says: stop here. What was under way is found as after a crash."""
    if state.phase.ended:
        raise ValueError(f"saga {state.saga_id} is {state.phase}: there is nothing to stop")
    return _park(state, "a person parked it" + (f"; {state.reason}" if state.reason else ""))


def resume(state: State) -> State:
    """A person says: go on where it was parked, with a fresh deadline and budget. What the step
    left to a person to judge is thereby approved."""
    if state.phase is not Phase.PARKED:
        raise ValueError(f"saga {state.saga_id} is {state.phase}, not parked")
    phase = state.parked_from or Phase.FORWARD
    return _again(state).changed(phase=phase, parked_from=None, approved=True)


def compensate(saga: Saga, state: State) -> State:
    """A person orders to undo the saga, also after the pivot. Where the pivot may have had its
    effect, the saga goes on until that is certain, as for a client's recall. Raises ValueError
    where it cannot be undone.
    """
    if state.phase is not Phase.PARKED:
        remedy = "" if state.phase.ended else "; park it first"
        raise ValueError(f"saga {state.saga_id} is {state.phase}, not parked{remedy}")
    going_back = state.parked_from is Phase.BACKWARD  # over the undoing of the step it stands at
    last = state.position if going_back else _last(state)
    stuck = [number for number in range(last + 1) if saga.steps[number].undo is None]
    if stuck and min(stuck) >= saga.pivot and _may_be_asked(saga, state):
        return resume(state).changed(given_up=True, approved=False)
    if stuck:
        names = ", ".join(saga.steps[number].name for number in stuck)
        raise ValueError(f"saga {state.saga_id}: no way to undo {names}")
    return _turn_back(saga, state.changed(parked_from=None), last, state.reason)


def _may_be_asked(saga: Saga, state: State) -> bool:
    """Whether the pivot's outcome is unknown and can be looked up."""
    at_pivot = state.position == saga.pivot and state.parked_from is Phase.FORWARD
    return at_pivot and saga.steps[state.position].ask is not None


def recall(saga: Saga, state: State) -> State:
    """The client no longer wants it. It goes back at once where that is possible, else when it
    is certain that the pivot had no effect; had it one, the saga goes on, and says so to its steps.

    Raises ValueError after the pivot, where there is nothing to recall.
    """
    if state.phase in (Phase.BACKWARD, Phase.UNDONE):
        return state
    if state.phase is Phase.DONE or state.position > saga.pivot:
        raise ValueError(f"saga {state.saga_id} is past its pivot")
    state = state.changed(recalled=True)
    if state.phase is Phase.FORWARD and _may_turn(saga, state):
        return _recalled(saga, state)
    return state.changed(due=0.0)


def _recalled(saga: Saga, state: State) -> State:
    step = saga.steps[state.position]
    why = RECALLED if state.recalled else GIVEN_UP
    return _turn_back(saga, state, _last(state), f"{step.name}: {why}")


def _may_turn(saga: Saga, state: State) -> bool:
    """Whether there is a way back: before the pivot, or at it, when it surely had no effect."""
    if state.position == saga.pivot:
        return state.mode is Mode.READY and not state.doubt
    return state.position < saga.pivot


def _advance(saga: Saga, state: State, step: Step, result: Data) -> State:
    position = state.position + 1
    ended = position == len(saga.steps)
    return _fresh(state).changed(
        phase=Phase.DONE if ended else Phase.FORWARD,
        position=position,
        results={**state.results, step.name: result},
    )


def _give_up(saga: Saga, state: State, reason: str) -> State:
    """Out of time. What may have happened and cannot be undone is for a person to judge."""
    step = saga.steps[state.position]
    if state.doubt and (step.pivot or step.undo is None):
        return _park(state, f"{step.name}: outcome unknown: {reason}")
    return _fail(saga, state, f"out of time: {reason}")


def _fail(saga: Saga, state: State, reason: str) -> State:
    step = saga.steps[state.position]
    if state.position > saga.pivot:
        return _park(state.changed(mode=Mode.READY), f"{step.name}: {reason} (after the pivot)")
    return _turn_back(saga, state, _last(state), f"{step.name}: {reason}")


def _last(state: State) -> int:
    """The last step that may have an effect."""
    return max(state.reach, state.position if state.doubt else state.position - 1)


def _turn_back(saga: Saga, state: State, last: int, reason: str) -> State:
    turned = _fresh(state).changed(phase=Phase.BACKWARD, position=last, reach=-1, reason=reason)
    return _skip(saga, turned)


def _skip(saga: Saga, state: State) -> State:
    """Steps that left nothing to undo are passed over; before the first one all is undone."""
    position = state.position
    while position >= 0 and saga.steps[position].undo is None:
        position -= 1
    phase = Phase.BACKWARD if position >= 0 else Phase.UNDONE
    return state.changed(phase=phase, position=position)


def _settle_back(saga: Saga, state: State, outcome: Outcome, now: float, spread: Spread) -> State:
    if isinstance(outcome, Done):
        return _skip(saga, _fresh(state).changed(position=state.position - 1))
    name = saga.steps[state.position].name
    if (
        isinstance(outcome, Refusal)
        or _out_of_time(UNDO_RETRY, state, now)
        or _out_of_answers(UNDO_RETRY, state)
    ):
        return _park(state, f"undoing {name}: {outcome.reason}; undone because: {state.reason}")
    return state.changed(due=now + max(outcome.after, _pause(UNDO_RETRY, state, outcome, spread)))


def _park(state: State, reason: str) -> State:
    return state.changed(phase=Phase.PARKED, parked_from=state.phase, reason=reason)


def _fresh(state: State) -> State:
    """As at the beginning of a step."""
    return _again(state).changed(mode=Mode.READY, tried=0.0, doubt=False, approved=False)


def _again(state: State) -> State:
    """With a fresh deadline and budget."""
    return state.changed(attempts=0, since=0.0, due=0.0, answers=0, waits_for="", told=(), again=0)


def _out_of_time(retry: Retry, state: State, now: float) -> bool:
    return retry.deadline is not None and now - state.since >= retry.deadline


def _out_of_answers(retry: Retry, state: State) -> bool:
    return state.answers >= retry.answers


def _pause(retry: Retry, state: State, outcome: Absent | Unknown, spread: Spread) -> float:
    most = retry.most_after_answer if outcome.answered else retry.most
    whole = min(most, retry.first * 2.0 ** min(max(state.attempts - 1, 0), 30))
    return whole * (0.5 + 0.5 * spread())
