"""The saga's rules, without I/O: what to do next, and what an outcome makes of the state.

            Done                          past the last step
FORWARD ──────────────▶ FORWARD (next) ──────────────────────▶ DONE
   │ Refused, or out of time, before the pivot's effect
   ▼                    Done, at the first step
BACKWARD ─────────────────────────────────────────────────────▶ UNDONE
   │ out of time;  or FORWARD refused after the pivot
   ▼
 PARKED ── a person: retry or compensate ──▶ where it was, or BACKWARD

Not every step is stored before it begins. What is stored promises a stretch of steps that are safe
to repeat; whoever finds a saga so repeats them, and compensates all of them should it go back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from chassis.saga.definition import Data, Retry, Saga, Step
from chassis.saga.state import Mode, Phase, State

UNDO_RETRY = Retry(deadline=3600.0, timeout=2.0, first=0.1, most=10.0)

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


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows: the attempt, or the question, got no answer."""

    reason: str
    after: float = 0.0


Outcome: TypeAlias = Done | Refusal | Absent | Unknown


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
    if _out_of_time(step.retry, state, now):
        return _give_up(saga, state, outcome.reason)
    return state.changed(due=now + max(outcome.after, _pause(step.retry, state, spread)))


def retry(state: State) -> State:
    """A person says: go on where it was parked, with a fresh deadline."""
    if state.phase is not Phase.PARKED:
        raise ValueError(f"saga {state.saga_id} is {state.phase}, not parked")
    phase = state.parked_from or Phase.FORWARD
    return state.changed(phase=phase, parked_from=None, attempts=0, since=0.0, due=0.0)


def compensate(saga: Saga, state: State) -> State:
    """A person says: undo it, also after the pivot. Raises ValueError where that is impossible."""
    if state.phase is not Phase.PARKED:
        raise ValueError(f"saga {state.saga_id} is {state.phase}, not parked")
    going_back = state.parked_from is Phase.BACKWARD  # over the undoing of the step it stands at
    last = state.position if going_back else _last(state)
    stuck = [step.name for step in saga.steps[: last + 1] if step.undo is None]
    if stuck:
        raise ValueError(f"saga {state.saga_id}: no way to undo {', '.join(stuck)}")
    return _turn_back(saga, state.changed(parked_from=None), last, state.reason)


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
    if isinstance(outcome, Refusal) or _out_of_time(UNDO_RETRY, state, now):
        return _park(state, f"undoing {name}: {outcome.reason}; undone because: {state.reason}")
    return state.changed(due=now + max(outcome.after, _pause(UNDO_RETRY, state, spread)))


def _park(state: State, reason: str) -> State:
    return state.changed(phase=Phase.PARKED, parked_from=state.phase, reason=reason)


def _fresh(state: State) -> State:
    """As at the beginning of a step."""
    return state.changed(mode=Mode.READY, attempts=0, since=0.0, tried=0.0, doubt=False, due=0.0)


def _out_of_time(limits: Retry, state: State, now: float) -> bool:
    return limits.deadline is not None and now - state.since >= limits.deadline


def _pause(limits: Retry, state: State, spread: Spread) -> float:
    whole = min(limits.most, limits.first * 2.0 ** min(max(state.attempts - 1, 0), 30))
    return whole * (0.5 + 0.5 * spread())
