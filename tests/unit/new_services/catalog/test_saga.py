"""A product's form may be sent again, and says of itself only what is known."""

from typing import Any

import pytest

from chassis.saga import MemoryStore, Phase, Runner, State
from chassis.saga.runner import Limits
from contracts.back_office import Article, Count
from contracts.record import Customer, RecordAway, RecordRefused, RecordSilent
from new_services.catalog import views
from new_services.catalog.saga import PIVOT, Stories, saving
from tests.rigs.sagas.due import run_due
from tests.rigs.sagas.faults import VirtualClock

BOSS = Customer("a@b.c", "A", "sealed")
WANTED = Article("TENT", "Zelt", "9.90", "", active=True, discontinued=False)
NO = RecordRefused(403, {"error": "Staff only"})
LOST, AWAY = RecordSilent("no answer"), RecordAway("not reached")


class Record:
    """Answers with what is next, the last one for ever; None: saved."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.sent: list[Article] = []

    async def save(self, _: Customer, wanted: Article, __: float) -> None:
        self.sent.append(wanted)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is not None:
            raise answer

    async def count(self, _: Customer, __: Count, ___: float) -> None:
        raise AssertionError("a form counts nothing")


class World:
    """The saga over that record."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: Exception | None) -> None:
        self.time, self.record = VirtualClock(), Record(*answers)
        self.store = MemoryStore(self.time.now)
        self.is_so = False  # what the feed has published
        nothing: Any = None
        sagas = Stories(nothing, self.record).sagas()
        self.runner = Runner(self.store, sagas, self.time, "here", Limits(patience=0.0))

        async def is_so(_: object, wanted: Article) -> bool:
            assert wanted == WANTED
            return self.is_so

        monkeypatch.setattr(views, "is_so", is_so)

    async def play(self, seconds: float = 60.0) -> State:
        if not await self.store.find(list(Phase), 1):
            await self.runner.start(saving("k", BOSS, WANTED))
        until = self.time.monotonic() + seconds
        while self.time.monotonic() < until:
            await self.time.sleep(1.0)
            await run_due(self.runner)
        return (await self.store.load("save-article:k")).state


async def test_it_is_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, None)
    assert (await world.play(0)).phase is Phase.DONE
    assert world.record.sent == [WANTED]


async def test_without_an_answer_it_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, LOST, LOST, None)
    assert (await world.play()).phase is Phase.DONE
    assert len(world.record.sent) == 3


async def test_what_the_feed_has_published_is_not_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, LOST, None)
    world.is_so = True
    assert (await world.play()).phase is Phase.DONE
    assert len(world.record.sent) == 1


async def test_what_was_so_before_is_sent_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, AWAY, None)
    world.is_so = True  # and its "last changed" is to move
    assert (await world.play()).phase is Phase.DONE
    assert len(world.record.sent) == 2


async def test_a_refusal_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    for answers in ([NO], [AWAY, NO]):
        world = World(monkeypatch, *answers)
        state = await world.play()
        assert state.phase is Phase.UNDONE
        assert state.answer == {"status": 403, "body": {"error": "Staff only"}}


async def test_a_refusal_after_an_attempt_without_an_answer_is_for_a_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, LOST, NO)
    state = await world.play()
    assert state.phase is Phase.PARKED and "403 Staff only" in state.reason
    world.is_so = True
    assert (await world.runner.order("save-article:k", "resume")).phase is Phase.DONE


async def test_it_is_not_sent_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    away, lost = World(monkeypatch, AWAY), World(monkeypatch, LOST)
    assert (await away.play()).phase is Phase.UNDONE  # nothing was done, for certain
    state = await lost.play()
    assert state.phase is Phase.PARKED and "outcome unknown" in state.reason
    count, deadline = len(lost.record.sent), PIVOT.deadline
    assert deadline is not None
    await lost.play(deadline)
    assert len(lost.record.sent) == count
    assert (await lost.runner.order("save-article:k", "compensate")).phase is Phase.UNDONE
