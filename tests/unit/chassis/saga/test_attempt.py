"""What a step says, as an outcome: what passes by itself, and what counts as an answer."""

from dataclasses import asdict, replace
from typing import Any

import asyncpg
import pytest

from chassis.saga import BadAnswer, NotYet, Refused, Saga, Silent, State, Step
from chassis.saga.attempt import Circumstances, attempt
from chassis.saga.definition import Context, Retry
from chassis.saga.logic import Absent, Done, Move, Refusal, Unknown
from chassis.saga.storage.store import LeaseLost
from chassis.tracing.context import MOST_KEPT, recorded, traceparent


async def _stored(_: Any = None) -> None:
    """There is nothing to store."""


NOW = Circumstances(0.0, 9.0, _stored)


async def _outcome(said: Exception | Any, move: Move = Move.DO) -> Any:
    async def call(_: Context) -> Any:
        if isinstance(said, Exception):
            raise said
        return said

    step = Step("write", call, undo=call, ask=call, pivot=True, retry=Retry())
    return await attempt(Saga("k", [step]), State("s", "k", {}), move, NOW)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"a": 1}, Done({"a": 1})),
        (Refused("no", {"status": 409}), Refusal("no", {"status": 409})),
        (NotYet("away", 2.0, "legacy"), Absent("away", 2.0, "legacy")),
        (NotYet("429", answered=True), Absent("429", answered=True)),
        (Silent("no answer"), Unknown("no answer")),
        (ConnectionResetError("reset"), Unknown("ConnectionResetError: reset")),
        (EOFError(), Unknown("EOFError")),
        (asyncpg.InterfaceError("closed"), Unknown("InterfaceError: closed")),
        (TimeoutError(), Unknown("TimeoutError")),
        (BadAnswer("it answered 500"), Unknown("it answered 500", answered=True)),
        (KeyError("total"), Unknown("KeyError: 'total'", answered=True)),
        (ValueError("not JSON"), Unknown("ValueError: not JSON", answered=True)),
    ],
)
async def test_an_action(said: Any, outcome: Any) -> None:
    assert await _outcome(said) == outcome


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"a": 1}, Done({"a": 1})),
        (None, Absent("it had no effect")),
        (NotYet("may be under way", 1.0), Unknown("may be under way", 1.0)),
        (NotYet("away", callee="legacy"), Unknown("away", callee="legacy")),
    ],
)
async def test_a_question(said: Any, outcome: Any) -> None:
    assert await _outcome(said, Move.ASK) == outcome


async def test_a_step_that_may_not_begin_is_no_outcome() -> None:
    with pytest.raises(LeaseLost):
        await _outcome(LeaseLost("s"))


async def test_what_the_step_gets_to_see() -> None:
    seen: list[Context] = []

    async def call(context: Context) -> None:
        seen.append(context)

    state = State("s", "k", {"r": 1}, results={"a": {}}, attempts=3, tried=7.0, recalled=True)
    saga = Saga("k", [Step("write", call, undo=call)])
    assert await attempt(saga, state, Move.DO, replace(NOW, age=4.0)) == Done({})
    assert seen == [Context("s", {"r": 1}, {"a": {}}, 3, 7.0, 4.0, 9.0, "", recalled=True)]


async def test_a_step_belongs_to_the_trace_of_what_began_its_saga() -> None:
    """However late, and whichever instance carries it out: the trace lies in what is stored."""
    sent, heard = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", []

    async def call(_: Context) -> None:
        heard.append(traceparent())

    recorded.take(MOST_KEPT)
    step = Step("write", call, pivot=True, retry=Retry())
    stored = State.from_dict(asdict(State("s", "k", {}, trace=sent)))
    await attempt(Saga("k", [step]), stored, Move.DO, NOW)
    (span,) = recorded.take(MOST_KEPT)
    assert (span["name"], span["trace"], span["parent"]) == ("k: do write", sent[3:35], sent[36:52])
    assert heard == [f"00-{sent[3:35]}-{span['span']}-01"]
    assert span["attributes"]["fig.saga_id"] == "s"
