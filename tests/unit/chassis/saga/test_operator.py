"""What a person sees of sagas, and what they may order."""

import asyncio
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from chassis.saga import (
    Context,
    MemoryStore,
    Phase,
    Refused,
    Retry,
    Runner,
    Saga,
    State,
    Step,
    operator,
)
from chassis.saga.operator import STUCK_SECONDS, Operator, is_stuck
from chassis.saga.storage.store import Saved
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
        shown = Operator(self.runner, self.store, sagas)
        app = FastAPI()

        @app.exception_handler(Problem)
        async def render(_: Any, problem: Problem) -> Any:
            return problem_response(problem)

        shown.register(app)
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


async def test_the_story_is_shown_without_the_customers_seal(world: World) -> None:
    found = (await world.http.get("/sagas/s1")).json()
    entries = [(entry["step"], entry["what"]) for entry in found["story"]]
    assert entries == [
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


async def test_a_line_tells_where_a_saga_stands(world: World) -> None:
    found = (await world.http.get("/sagas/s1")).json()
    now = world.clock.now()
    assert {name: found[name] for name in found if name not in ("story", "reason")} == {
        "id": "s1", "kind": "place", "phase": "parked", "step": "capture", "mode": "ready",
        "attempts": 1, "bad_answers": 0, "waits_for": "", "alike": 0, "due": 0.0,
        "table": "abc123", "created": now, "updated": now, "stuck": True,
        "steps": ["reserve", "write", "capture"], "request": {"customer": {"email": "a@b.c"}},
        "results": {"reserve": {"order": 1}, "write": {"order": 1}}, "answer": None,
    }  # fmt: skip


async def test_what_has_ended_well_is_listed_only_where_it_is_asked_for(world: World) -> None:
    world.willing = True
    await world.http.post("/sagas/s1/resume")
    assert (await world.http.get("/sagas")).json() == {"now": world.clock.now(), "sagas": []}
    (done,) = (await world.http.get("/sagas?phase=done")).json()["sagas"]
    assert (done["phase"], done["step"], done["stuck"]) == ("done", "", False)


async def test_the_oldest_come_first_and_so_many_as_are_asked_for(world: World) -> None:
    for number in range(2, 5):
        await world.clock.sleep(1.0)
        await world.store.create(State(f"s{number}", "place", {}), "other", 1.0)

    async def listed(query: str) -> list[str]:
        return [one["id"] for one in (await world.http.get(f"/sagas{query}")).json()["sagas"]]

    assert await listed("") == ["s1", "s2", "s3", "s4"]
    assert await listed("?limit=2") == ["s1", "s2"]
    assert await listed("?limit=0") == ["s1"]
    assert await listed("?phase=forward&limit=1") == ["s2"]


@pytest.mark.parametrize(("seconds", "stuck"), [(STUCK_SECONDS, False), (30.5, True)])
def test_open_for_longer_than_half_a_minute_is_stuck(seconds: float, stuck: bool) -> None:
    state = State("s1", "place", {})
    for phase in (Phase.FORWARD, Phase.BACKWARD):
        assert is_stuck(Saved(state.changed(phase=phase), 100.0, 0.0), 100.0 + seconds) is stuck
    for phase in (Phase.DONE, Phase.UNDONE):
        assert not is_stuck(Saved(state.changed(phase=phase), 0.0, 0.0), 1e9)
    assert is_stuck(Saved(state.changed(phase=Phase.PARKED), 100.0, 0.0), 100.0)


async def test_a_saga_in_other_hands_is_a_conflict(world: World) -> None:
    await world.store.create(State("s2", "place", {}), "other", 60.0)
    answer = await world.http.post("/sagas/s2/resume")
    assert answer.status_code == 409
    assert answer.json()["detail"] == "saga s2 is being carried on just now"


async def test_an_order_that_takes_long_goes_on_after_the_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operator, "ORDER_SECONDS", 0.01)
    ended = asyncio.Event()

    async def order(saga_id: str, order: str) -> State:
        try:
            await asyncio.sleep(0.05)
        finally:
            ended.set()
        raise ValueError("too late to be reported")

    monkeypatch.setattr(world.runner, "order", order)
    answer = await world.http.post("/sagas/s1/resume")
    assert (answer.status_code, answer.json()["id"]) == (200, "s1")
    assert not ended.is_set()
    await ended.wait()


async def test_the_commands_that_exist_are_listed(world: World) -> None:
    answer = await world.http.post("/sagas/s1/explode")
    assert answer.json()["detail"] == "expected one of resume, compensate, park"
    answer = await world.http.get("/sagas?phase=lost")
    assert answer.status_code == 400


async def test_an_order_that_cannot_be_followed_keeps_the_saga_from_nobody(world: World) -> None:
    world.willing = True
    await world.http.post("/sagas/s1/resume")
    assert (await world.http.post("/sagas/s1/compensate")).status_code == 409
    assert await world.store.claim_one("s1", "other", 1.0) is not None
