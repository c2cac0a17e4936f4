"""What an operator can see and order: sagas, their logs, what to stop, and how to go on.

GET  /sagas[?stuck=1&phase=parked,forward&limit=100]   the oldest first
GET  /sagas/{id}                                       where it stands, and its story
POST /sagas/{id}/resume     go on where it was parked  200, 404, 409 (not parked, or in other hands)
POST /sagas/{id}/compensate undo it, as above; 409 also where there is no way back
POST /sagas/{id}/park       stop it, also in other hands; 409 where it has ended

On a service's own port, which no route of the facade leads to.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fastapi import FastAPI

from chassis.saga.definition import Saga
from chassis.saga.runner import ORDERS, Runner
from chassis.saga.state import Phase, State
from chassis.saga.storage.store import LeaseLost, NoSuchSaga, Saved, Store
from chassis.web.app import JsonBytes, Problem, in_json

OPEN = (Phase.FORWARD, Phase.BACKWARD)
STUCK_SECONDS = 30.0  # open for so long without a reason that passes by itself
MOST = 1000
ORDER_SECONDS = 5.0  # an order that takes longer goes on by itself
HIDDEN = frozenset({"session"})  # the customer's sealed session stays secret


@dataclass(frozen=True, slots=True)
class Operator:
    """The endpoints."""

    runner: Runner
    store: Store
    sagas: Mapping[str, Saga]

    def register(self, app: FastAPI) -> None:
        """Put the routes on the application."""
        app.add_api_route("/sagas", self.listed, methods=["GET"])
        app.add_api_route("/sagas/{saga_id}", self.show, methods=["GET"])
        app.add_api_route("/sagas/{saga_id}/{order}", self.ordered, methods=["POST"])

    async def listed(self, stuck: bool = False, phase: str = "", limit: int = 100) -> JsonBytes:
        """Sagas that have not ended well or at all."""
        found = await self.store.find(_phases(phase), max(1, min(limit, MOST)))
        now = await self.store.now()
        if stuck:
            found = [one for one in found if is_stuck(one, now)]
        return in_json({"now": now, "sagas": [self._line(one, now) for one in found]})

    async def show(self, saga_id: str) -> JsonBytes:
        """One saga with its log."""
        try:
            saved = await self.store.load(saga_id)
        except NoSuchSaga as error:
            raise _unknown(saga_id) from error
        story = [asdict(entry) for entry in await self.store.story(saga_id)]
        state = saved.state
        whole = self._line(saved, await self.store.now()) | {
            "steps": [step.name for step in self.sagas[state.kind].steps],
            "request": _without(state.request),
            "results": _without(state.results),
            "answer": state.answer,
            "story": story,
        }
        return in_json(whole)

    async def ordered(self, saga_id: str, order: str) -> JsonBytes:
        """Carry a person's order out; what takes long goes on after the answer."""
        if order not in ORDERS:
            raise Problem(404, "Not Found", f"expected one of {', '.join(ORDERS)}")
        task = asyncio.ensure_future(self.runner.order(saga_id, order))
        try:
            async with asyncio.timeout(ORDER_SECONDS):
                await asyncio.shield(task)
        except NoSuchSaga as error:
            raise _unknown(saga_id) from error
        except LeaseLost as error:
            detail = f"saga {saga_id} is being carried on just now"
            raise Problem(409, "Conflict", detail) from error
        except ValueError as error:
            raise Problem(409, "Conflict", str(error)) from error
        except TimeoutError:
            task.add_done_callback(_heard)
        return in_json(self._line(await self.store.load(saga_id), await self.store.now()))

    def _line(self, saved: Saved, now: float) -> dict[str, Any]:
        state = saved.state
        return {
            "id": state.saga_id,
            "kind": state.kind,
            "phase": state.phase,
            "step": _step(self.sagas[state.kind], state),
            "mode": state.mode,
            "attempts": state.attempts,
            "bad_answers": state.answers,
            "waits_for": state.waits_for,
            "alike": state.again,
            "due": state.due,
            "reason": state.reason,
            "table": state.table_version,
            "created": saved.created,
            "updated": saved.updated,
            "stuck": is_stuck(saved, now),
        }


def is_stuck(saved: Saved, now: float) -> bool:
    """Parked, or open for longer than anything but an absence takes."""
    phase = saved.state.phase
    return phase is Phase.PARKED or (phase in OPEN and now - saved.created > STUCK_SECONDS)


def _phases(given: str) -> list[Phase]:
    try:
        return [Phase(word) for word in given.split(",")] if given else [*OPEN, Phase.PARKED]
    except ValueError as error:
        known = ", ".join(Phase)
        raise Problem(400, "Bad Request", f"{error}; expected some of {known}") from error


def _step(saga: Saga, state: State) -> str:
    inside = 0 <= state.position < len(saga.steps)
    return saga.steps[state.position].name if inside else ""


def _without(data: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is hidden, at any depth."""
    return {
        name: _without(value) if isinstance(value, Mapping) else value
        for name, value in data.items()
        if name not in HIDDEN
    }


def _unknown(saga_id: str) -> Problem:
    return Problem(404, "Not Found", f"there is no saga {saga_id}")


def _heard(task: "asyncio.Future[State]") -> None:
    if not task.cancelled():
        task.exception()  # it stands in the story; here only that nobody asked is avoided
