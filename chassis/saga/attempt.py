"""One attempt at a step: the call, and what it says translated into an outcome."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from chassis.database import DatabaseAway
from chassis.saga import logic
from chassis.saga.definition import BadAnswer, Context, NotYet, Refused, Saga, Silent, Step
from chassis.saga.logic import Absent, Done, Move, Outcome, Refusal, Unknown
from chassis.saga.state import State
from chassis.saga.storage.store import LeaseLost
from chassis.tracing.context import read, within
from chassis.tracing.span import Value

# No answer came. Whatever else a step raises is an answer, or a fault of ours: waiting does not
# cure it, so it counts against the step's budget.
NO_ANSWER = (Silent, OSError, EOFError, TimeoutError, *DatabaseAway)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Of an attempt: `age` in seconds, `until` in seconds of our monotonic clock; `promise`: see
    Context."""

    age: float
    until: float
    promise: Callable[..., Awaitable[None]]


async def attempt(saga: Saga, state: State, move: Move, under: Circumstances) -> Outcome:
    """Call the step. Raises LeaseLost where it could not promise."""
    context = Context(
        saga_id=state.saga_id,
        request=state.request,
        results=state.results,
        attempt=state.attempts,
        tried=state.tried,
        age=under.age,
        until=under.until,
        reason=state.reason,
        recalled=state.recalled,
        doubt=state.doubt,
        given_up=state.given_up,
        approved=state.approved,
        promise=under.promise,
    )
    step = saga.steps[state.position]
    name = f"{saga.kind}: {move.value} {step.name}"
    attributes: dict[str, Value] = {"fig.saga_id": state.saga_id, "fig.attempt": state.attempts}
    try:
        with within(name, "internal", attributes, read(state.trace)):
            async with asyncio.timeout(logic.limits(saga, state).timeout):
                return await _call(step, move, context)
    except Refused as error:
        return Refusal(error.reason, error.answer)
    except NotYet as error:
        # Of a question, "not yet" is no answer: only None says that there was no effect.
        kind = Unknown if move is Move.ASK else Absent
        return kind(error.reason, error.after, error.callee, error.answered)
    except LeaseLost:
        raise
    except NO_ANSWER as error:
        return Unknown(_said(error))
    except Exception as error:
        return Unknown(_said(error), answered=True)


def _said(error: Exception) -> str:
    kind = "" if isinstance(error, Silent | BadAnswer) else f"{type(error).__name__}: "
    return f"{kind}{error}".removesuffix(": ")


async def _call(step: Step, move: Move, context: Context) -> Outcome:
    if move is Move.DO:
        return Done(await step.do(context) or {})
    if move is Move.ASK:
        assert step.ask is not None
        found = await step.ask(context)
        return Absent("it had no effect") if found is None else Done(found)
    assert step.undo is not None
    await step.undo(context)
    return Done({})
