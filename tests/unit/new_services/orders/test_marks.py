"""Which orders that bear a saga's mark are of that saga, and what follows from it."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import orjson
import pytest

from chassis.saga import Phase, State, of_record
from contracts.orders import Customer, Line, Order, OrderRequest
from new_services.anticorruption.calls import Limits
from new_services.orders import marks, repository
from new_services.orders.marks import AT_ONCE, EVERY_SECONDS, Marked, Verdict, seconds_apart
from new_services.orders.repository import Fed
from new_services.orders.saga import kinds
from tests.rigs.shop.database import AWAY, Database

ORDER = Order(
    order_no="SO-1", status="NEW", total="20.00", po_number=None, pay_method="card",
    lines=(Line(1, "MUG-0", "Mug", 2, "10.00"),), ship={}, created="2026-03-01 12:00:00",
    updated="2026-03-01 12:00:00", saga_id="S-1",
)  # fmt: skip
TOOK = 3.0
ZONE = ZoneInfo("Europe/Berlin")


def marked(phase: Phase = Phase.DONE, written: Order | None = ORDER) -> Marked:
    request = {"wish": asdict(OrderRequest({"MUG-0": 2})), "customer": {}, "asked": 0}
    results = {"write": {"order": written.to_dict()}} if written else {}
    return Marked(State("S-1", kinds.PLACE, request, phase=phase, results=results), TOOK, ZONE)


def other(seconds: int = 10, pieces: int = 2) -> Order:
    """Another order that bears the mark, created so long after the one that is known."""
    created = f"2026-03-01 12:{seconds // 60:02}:{seconds % 60:02}"
    lines = (replace(ORDER.lines[0], quantity=pieces),)
    return replace(ORDER, order_no="SO-2", created=created, lines=lines)


def test_the_order_it_wrote_is_its_own():
    assert marked().judge(ORDER) is Verdict.OWN


@pytest.mark.parametrize("phase", [Phase.FORWARD, Phase.DONE, Phase.PARKED])
def test_just_within_reach_is_stray(phase: Phase):
    """It took 3 seconds, and a write that it gave up appears 15 seconds later at most."""
    assert marked(phase).judge(other(seconds=18)) is Verdict.STRAY
    assert marked(phase).judge(other(seconds=19)) is Verdict.ALIEN


@pytest.mark.parametrize("phase", [Phase.FORWARD, Phase.DONE, Phase.PARKED])
def test_what_it_can_have_written_a_second_time_is_stray(phase: Phase):
    assert marked(phase).judge(other()) is Verdict.STRAY


@pytest.mark.parametrize(
    "own", [other(pieces=3), other(seconds=60)], ids=["other lines", "long after"]
)
def test_what_it_cannot_have_written_is_the_customers_own(own: Order):
    assert marked().judge(own) is Verdict.ALIEN  # so that nothing is paid back for it


@pytest.mark.parametrize("phase", [Phase.BACKWARD, Phase.UNDONE])
def test_what_comes_after_it_has_given_up_is_stray(phase: Phase):
    assert marked(phase, None).judge(other(seconds=60)) is Verdict.STRAY
    assert marked(phase, None).judge(other(pieces=3)) is Verdict.ALIEN


@pytest.mark.parametrize("phase", [Phase.FORWARD, Phase.PARKED])
def test_what_comes_before_it_knows_waits_until_it_does(phase: Phase):
    assert marked(phase, None).judge(ORDER) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("2026-03-01 12:00:00", "2026-03-01 12:00:10", {10.0}),
        ("2026-03-29 01:59:55", "2026-03-29 03:00:05", {10.0}),  # an hour is left out
        ("2026-10-25 02:59:55", "2026-10-25 03:00:05", {10.0, 3610.0}),
        ("2026-10-25 02:59:55", "2026-10-25 02:00:05", {10.0, -3590.0, -7190.0}),
    ],
)
def test_wall_times_over_a_change_of_summer_time(first: str, second: str, apart: set[float]):
    assert seconds_apart(first, second, ZONE) == apart
    written = replace(ORDER, created=first)
    again = replace(ORDER, order_no="SO-2", created=second)
    assert marked(written=written).judge(again) is Verdict.STRAY


def test_an_hour_later_is_not_at_once_also_where_the_clock_says_so():
    written = replace(ORDER, created="2026-03-29 01:30:00")
    again = replace(ORDER, order_no="SO-2", created="2026-03-29 03:30:00")
    assert seconds_apart(written.created, again.created, ZONE) == {3600.0}
    assert marked(written=written).judge(again) is Verdict.ALIEN


def test_late_is_later_than_legacy_takes_for_a_write():
    assert Limits().under_way < marks.LATE_SECONDS
    assert of_record.CERTAIN_SECONDS > marks.LATE_SECONDS


# what follows

ANNA = Customer("a@b.c", "Anna", "sealed")
CANCELLED = replace(ORDER, status="CANCELLED")


def row(saga_id: str = "S-1", phase: Phase = Phase.DONE, written: Order | None = ORDER) -> Any:
    """A saga as the table has it."""
    request = {"wish": asdict(OrderRequest({"MUG-0": 2})), "customer": asdict(ANNA)}
    results = {"write": {"order": written.to_dict()}} if written else {}
    state = State(saga_id, kinds.PLACE, request, phase=phase, results=results)
    return {"id": saga_id, "state": orjson.dumps(state), "took": TOOK}


def fed(order: Order, order_id: int = 7) -> Fed:
    return Fed(order, order_id, "a@b.c", "Anna at legacy")


class World:
    """The tables of sagas, and the sagas that were begun."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *sagas: Any, written: Any = ()) -> None:
        self.database = Database({"FROM saga WHERE": sagas, "FROM written_order": written})
        self.begun: list[State] = []

        async def enqueue(_: Any, state: State) -> None:
            self.begun.append(state)

        monkeypatch.setattr(marks, "enqueue", enqueue)

    async def feed(self, *some: Fed) -> list[str]:
        connection: Any = self.database
        await marks.begin_sagas(connection, some, ZONE)
        return [state.saga_id for state in self.begun]


async def test_a_stray_is_cancelled_in_the_name_of_its_sagas_customer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, row())
    assert await world.feed(fed(other())) == ["stray:SO-2"]
    assert world.begun == [kinds.stray("SO-2", ANNA)]
    assert world.database.values("FROM saga WHERE") == [(["S-1"],)]


async def test_one_that_is_cancelled_by_now_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, row())
    assert await world.feed(fed(replace(other(), status="CANCELLED"))) == []


@pytest.mark.parametrize(("order", "begun"), [(ORDER, []), (CANCELLED, ["settle:SO-1"])])
async def test_its_own_order_is_settled_once_it_is_cancelled_there(
    monkeypatch: pytest.MonkeyPatch, order: Order, begun: list[str]
) -> None:
    world = World(monkeypatch, row())
    assert await world.feed(fed(order)) == begun
    if begun:
        assert world.begun == [kinds.settling(order, Customer("a@b.c", "Anna at legacy", ""))]


@pytest.mark.parametrize(
    ("written", "begun"),
    [("S-1", ["settle:SO-1"]), ("S-2", []), (None, [])],
    ids=["its own", "another's", "never ours"],
)
async def test_of_a_saga_that_is_forgotten_the_order_it_wrote_is_kept(
    monkeypatch: pytest.MonkeyPatch, written: str | None, begun: list[str]
) -> None:
    rows = [{"order_no": "SO-1", "saga_id": written}] if written else []
    world = World(monkeypatch, written=rows)
    assert await world.feed(fed(CANCELLED)) == begun
    assert world.database.values("FROM written_order") == [(["SO-1"],)]


async def test_what_cannot_be_judged_yet_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, row(phase=Phase.FORWARD, written=None), row("S-2"))
    alien = replace(other(pieces=3), saga_id="S-2")
    assert await world.feed(fed(CANCELLED, 9), fed(alien, 8)) == []
    assert world.database.values("INSERT INTO unjudged_order") == [([9], ["S-1"])]


async def test_where_all_is_judged_nothing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, row())
    await world.feed(fed(ORDER))
    assert world.database.values("INSERT INTO unjudged_order") == []


async def test_sagas_begin_in_the_order_of_legacys_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, row())
    second = replace(other(), order_no="SO-3")
    assert await world.feed(fed(second, 12), fed(other(), 11)) == ["stray:SO-2", "stray:SO-3"]


async def test_what_has_become_ripe_is_judged_in_one_transaction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, row())
    database: Any = world.database
    database.rows["FROM unjudged_order unjudged"] = [{"order_id": 7}, {"order_id": 8}]

    async def fed_orders(_: Any, ids: Iterable[int]) -> list[Fed]:
        assert list(ids) == [7, 8]
        return [fed(CANCELLED, 7), fed(replace(other(), saga_id=None), 8)]

    monkeypatch.setattr(repository, "fed_orders", fed_orders)
    assert await marks.judge_again(database, ZONE) == 2
    assert [state.saga_id for state in world.begun] == ["settle:SO-1"]
    assert database.values("DELETE FROM unjudged_order") == [([7, 8],)]
    assert database.values("FROM unjudged_order unjudged") == [(AT_ONCE,)]
    assert (database.transactions, set(database.in_transaction)) == (["committed"], {True})


async def test_where_nothing_is_ripe_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    database: Any = World(monkeypatch).database
    assert await marks.judge_again(database, ZONE) == 0
    assert len(database.asked) == 1


class Over(BaseException):
    """The test has seen enough of what runs for ever."""


async def test_it_looks_again_at_once_after_a_full_turn_and_else_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turns: list[Any] = [AT_ONCE, 3, AWAY, asyncpg.PostgresError("odd"), TimeoutError(), Over()]
    slept: list[int] = []

    async def judge_again(_: Any, zone: ZoneInfo) -> int:
        turn = turns.pop(0)
        if isinstance(turn, BaseException):
            raise turn
        return int(turn)

    async def sleep(seconds: float) -> None:
        assert seconds == EVERY_SECONDS
        slept.append(len(turns))

    monkeypatch.setattr(marks, "judge_again", judge_again)
    monkeypatch.setattr(marks, "asyncio", SimpleNamespace(sleep=sleep))
    nothing: Any = None
    with pytest.raises(Over):
        await marks.run(nothing, ZONE)
    assert slept == [4, 3, 2, 1]
