"""What a person sees of sagas, and what they may order."""

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from chassis.saga import Context, MemoryStore, Refused, Retry, Runner, Saga, State, Step
from chassis.saga.operator import STUCK_SECONDS, Operator
from chassis.web.app import Problem, problem_response
from tests.rigs.sagas.faults import VirtualClock


class World:
    """A saga whose last step says no until it is told to say yes."""

    def __init__(self) -> None:
        self.clock, self.willing = VirtualClock(), False
        self.store = MemoryStore(self.clock.now)
        self.undone: list[str] = []
        steps = [
            Step("reserve", self.yes, undo=self.undo),
            Step("write", self.yes, undo=self.undo, pivot=True),
            Step("capture", self.capture, retry=Retry(deadline=1.0)),
        ]
        sagas = {"place": Saga("place", steps)}
        self.runner = Runner(self.store, sagas, self.clock, "me")
        operator = Operator(self.runner, self.store, sagas)
        app = FastAPI()

        @app.exception_handler(Problem)
        async def render(_: Any, problem: Problem) -> Any:
            return problem_response(problem)

        operator.register(app)
        transport = httpx2.ASGITransport(app)
        self.http = httpx2.AsyncClient(transport=transport, base_url="http://orders")

    async def yes(self, _: Context) -> dict[str, Any]:
        return {"order": 1}

    async def undo(self, context: Context) -> None:
        self.undone.append(context.saga_id)

    async def capture(self, _: Context) -> None:
        if not self.willing:
            raise Refused("no money")

    async def park(self) -> None:
        request = {"customer": {"email": "a@b.c", "session": "sealed"}}
        await self.runner.start(State("s1", "place", request, "abc123"))


@pytest.fixture
async def world() -> World:
    made = World()
    await made.park()
    return made


async def test_a_parked_saga_is_stuck_and_says_why(world: World) -> None:
    found = (await world.http.get("/sagas?stuck=1")).json()["sagas"]
    assert [(one["id"], one["phase"], one["step"]) for one in found] == [
        ("s1", "parked", "capture")
    ]
    assert "no money" in found[0]["reason"]
    assert found[0]["table"] == "abc123"


async def test_an_open_saga_is_stuck_only_after_a_while(world: World) -> None:
    await world.store.create(State("s2", "place", {}), "other", 1.0)
    stuck = (await world.http.get("/sagas?stuck=1&phase=forward")).json()["sagas"]
    assert stuck == []
    await world.clock.sleep(STUCK_SECONDS + 1)
    stuck = (await world.http.get("/sagas?stuck=1&phase=forward")).json()["sagas"]
    assert [one["id"] for one in stuck] == ["s2"]


async def test_the_story_is_told_without_the_customers_seal(world: World) -> None:
    found = (await world.http.get("/sagas/s1")).json()
    told = [(entry["step"], entry["what"]) for entry in found["story"]]
    assert told == [
        *(("reserve", "do"), ("reserve", "done"), ("write", "do"), ("write", "done")),
        *(("capture", "do"), ("capture", "refusal")),
    ]
    assert found["request"] == {"customer": {"email": "a@b.c"}}


async def test_resume_goes_on_and_compensate_goes_back(world: World) -> None:
    again = (await world.http.post("/sagas/s1/resume")).json()
    assert again["phase"] == "parked"
    world.willing = True
    assert (await world.http.post("/sagas/s1/resume")).json()["phase"] == "done"
    refused = await world.http.post("/sagas/s1/resume")
    assert (refused.status_code, refused.json()["detail"]) == (409, "saga s1 is done, not parked")
    assert world.undone == []


async def test_compensate_undoes_also_what_came_after_the_pivot(world: World) -> None:
    assert (await world.http.post("/sagas/s1/compensate")).json()["phase"] == "undone"
    assert world.undone == ["s1", "s1"]


async def test_what_is_not_there_and_what_is_nonsense(world: World) -> None:
    assert (await world.http.get("/sagas/s9")).status_code == 404
    assert (await world.http.post("/sagas/s9/resume")).status_code == 404
    assert (await world.http.post("/sagas/s1/explode")).status_code == 404
    assert "expected some of" in (await world.http.get("/sagas?phase=lost")).json()["detail"]
