"""What is held, refused, sold and put back, and how long is waited for what others hold."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from contracts.ownership import Stamp
from new_services.inventory import handlers
from new_services.inventory.domain import Claim, Level, Movement
from new_services.inventory.handlers import (
    PATIENCE_SECONDS,
    PAUSE_SECONDS,
    Barred,
    Handler,
    Reservation,
    Short,
)
from tests.rigs.shop.database import Database

WANTED = Reservation("S-1", {"MUG-0": 3}, after=1_000)
ROUNDS = 16  # attempts within the patience, the first one included
THEN = "2026-03-01 12:00:00"


class Watermark:
    """Has come to `micros`; advances when it has been asked so many times."""

    def __init__(self, micros: int) -> None:
        self.micros = micros
        self.asked: list[tuple[int, float]] = []
        self.fresh_after: int | None = None

    async def reached(self, wanted: int, patience: float) -> bool:
        self.asked.append((wanted, patience))
        if self.fresh_after is not None and len(self.asked) > self.fresh_after:
            self.micros = wanted
        return self.micros >= wanted


class Rows:
    """The repository, in memory."""

    def __init__(self) -> None:
        self.level = Level("MUG-0", 9, 0, 0, 9)
        self.claim_of: tuple[str, Any] | None = None
        self.at_once = False  # the statement of the usual case does it
        self.held: Mapping[str, int] | None = None
        self.tries = 0
        self.ended: list[str] = []
        self.movements: list[Movement] = []
        self.meanwhile: Callable[[], None] = lambda: None  # before each look at the levels

    async def reserve(self, _: Any, saga_id: str, pieces: Mapping[str, int], stamp: Stamp) -> bool:
        return self.at_once

    async def sell(self, *_: Any) -> bool:
        return self.at_once

    async def claim(self, connection: Database, saga_id: str) -> Claim | None:
        assert (connection.transactions[-1], saga_id) == ("open", "S-1")
        return None if self.claim_of is None else Claim(*self.claim_of, 0)

    async def locked(self, _: Any, skus: Sequence[str]) -> list[Level]:
        assert skus == ["MUG-0"]
        self.tries += 1
        self.meanwhile()
        return [self.level]

    async def hold(self, _: Any, saga_id: str, pieces: Mapping[str, int]) -> None:
        self.held, self.claim_of = pieces, ("held", None)

    async def settle(self, _: Any, saga_id: str, status: str, answer: Any = None) -> None:
        self.claim_of = status, answer

    async def end(self, _: Any, saga_ids: Sequence[str]) -> None:
        self.ended += saga_ids

    async def reserved(self, _: Any, saga_id: str) -> dict[str, int]:
        return {"MUG-0": 3}

    async def record(self, connection: Database, movements: Sequence[Movement]) -> None:
        assert connection.transactions[-1] == "open"
        self.movements += movements


class World:
    """A handler over rows, with a mirror that is as fresh as told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows, self.watermark = Rows(), Watermark(2_000)
        monkeypatch.setattr(handlers, "repository", self.rows)
        monkeypatch.setattr(handlers, "epochs", self)
        self.slept: list[float] = []
        self.database: Any = Database()
        watermark: Any = self.watermark
        self.handler = Handler(self.database, watermark, self._pause)

    async def enter(self, connection: Database, stamp: Stamp) -> None:
        """Every epoch is the one in force."""
        assert (connection.transactions[-1], stamp) == ("open", Stamp(0, ours=False))

    async def _pause(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


async def test_the_usual_case_is_one_statement(world: World) -> None:
    world.rows.at_once = True
    await world.handler.reserve(WANTED)
    await world.handler.sell("S-1", "SO-1", THEN)
    assert (world.database.transactions, world.rows.movements) == ([], [])


async def test_what_is_there_is_held(world: World) -> None:
    await world.handler.reserve(WANTED)
    assert (world.rows.held, world.rows.tries, world.slept) == ({"MUG-0": 3}, 1, [])
    assert world.database.transactions == ["committed"]


async def test_what_legacy_surely_refuses_is_refused_with_its_words(world: World) -> None:
    world.rows.level = Level("MUG-0", 2, 0, 0, 2)
    answer = {"error": "out of stock", "sku": "MUG-0", "available": 2}
    for _ in range(2):  # and it stays refused
        with pytest.raises(Short, match="out of stock: MUG-0") as caught:
            await world.handler.reserve(WANTED)
        assert caught.value.answer == answer
    assert world.rows.claim_of == ("refused", answer)
    assert world.rows.held is None
    assert (world.rows.tries, world.slept) == (1, [])


async def test_patience_is_for_some_rounds_and_bounded(world: World) -> None:
    world.rows.level = Level("MUG-0", 9, 0, 8, 9)
    with pytest.raises(Short) as caught:
        await world.handler.reserve(WANTED)
    assert caught.value.answer["available"] == 1
    assert world.slept == [PAUSE_SECONDS] * (ROUNDS - 1)
    assert sum(world.slept) == pytest.approx(PATIENCE_SECONDS)
    assert set(world.watermark.asked) == {(WANTED.after, PAUSE_SECONDS)}


async def test_what_others_let_go_in_time_is_held(world: World) -> None:
    world.rows.level = Level("MUG-0", 9, 0, 8, 9)

    def released() -> None:
        if world.rows.tries == 5:
            world.rows.level = Level("MUG-0", 9, 0, 0, 9)

    world.rows.meanwhile = released
    await world.handler.reserve(WANTED)
    assert (world.rows.held, world.rows.tries) == ({"MUG-0": 3}, 5)


async def test_a_mirror_that_is_behind_leaves_it_to_legacy(world: World) -> None:
    world.watermark.micros = 500
    world.rows.level = Level("MUG-0", 0, 0, 0, 0)
    await world.handler.reserve(WANTED)
    assert world.rows.held == {"MUG-0": 3}
    assert world.rows.tries == ROUNDS + 1  # it had the whole patience to come


async def test_a_mirror_that_is_behind_still_knows_what_is_promised_to_others(
    world: World,
) -> None:
    world.watermark.micros = 500
    world.rows.level = Level("MUG-0", 9, 0, 8, 9)
    with pytest.raises(Short):
        await world.handler.reserve(WANTED)


@pytest.mark.parametrize("behind_for", [3, ROUNDS - 1])
async def test_a_mirror_that_comes_in_time_decides(world: World, behind_for: int) -> None:
    world.watermark.micros, world.watermark.fresh_after = 500, behind_for
    world.rows.level = Level("MUG-0", 0, 0, 0, 0)
    with pytest.raises(Short) as caught:
        await world.handler.reserve(WANTED)
    assert caught.value.answer["available"] == 0


async def test_a_mirror_as_fresh_as_the_reservation_decides(world: World) -> None:
    world.watermark.micros = WANTED.after
    world.rows.level = Level("MUG-0", 0, 0, 0, 0)
    with pytest.raises(Short):
        await world.handler.reserve(WANTED)


async def test_a_mirror_that_comes_at_the_very_last_decides(world: World) -> None:
    """After the last round, before the attempt that is sure."""
    world.watermark.micros = 500
    world.rows.level = Level("MUG-0", 0, 0, 0, 0)

    async def pause(_: float) -> None:
        world.slept.append(0.0)
        if len(world.slept) == ROUNDS:
            world.watermark.micros = WANTED.after

    world.handler._pause = pause
    with pytest.raises(Short):
        await world.handler.reserve(WANTED)


@pytest.mark.parametrize("status", ["held", "sold"])
async def test_a_reservation_that_is_held_is_held_once(world: World, status: str) -> None:
    world.rows.claim_of = status, None
    await world.handler.reserve(WANTED)
    assert (world.rows.tries, world.rows.held, world.slept) == (0, None, [])


async def test_a_reservation_that_was_released_is_barred(world: World) -> None:
    world.rows.claim_of = "released", None
    with pytest.raises(Barred, match="released"):
        await world.handler.reserve(WANTED)
    assert world.rows.held is None


@pytest.mark.parametrize("claim", [None, ("held", None), ("released", None), ("refused", {})])
async def test_a_release_bars_whatever_comes_later(
    world: World, claim: tuple[str, Any] | None
) -> None:
    world.rows.claim_of = claim
    await world.handler.release("S-1")
    assert (world.rows.ended, world.rows.claim_of) == (["S-1"], ("released", None))
    assert world.database.transactions == ["committed"]


async def test_what_was_sold_is_not_released(world: World) -> None:
    world.rows.claim_of = "sold", None
    with pytest.raises(Barred, match="sold"):
        await world.handler.release("S-1")
    assert (world.rows.ended, world.rows.claim_of) == ([], ("sold", None))


@pytest.mark.parametrize("claim", [None, ("held", None), ("sold", None)])
async def test_a_sale_takes_what_was_reserved(world: World, claim: tuple[str, Any] | None) -> None:
    world.rows.claim_of = claim
    await world.handler.sell("S-1", "SO-1", THEN)
    assert world.rows.movements == [Movement("MUG-0", -3, "SALE", "SO-1", THEN)]
    assert (world.rows.ended, world.rows.claim_of) == (["S-1"], ("sold", None))


@pytest.mark.parametrize("status", ["refused", "released"])
async def test_nothing_is_sold_of_a_reservation_that_came_to_nothing(
    world: World, status: str
) -> None:
    world.rows.claim_of = status, None
    with pytest.raises(Barred, match=status):
        await world.handler.sell("S-1", "SO-1", THEN)
    assert (world.rows.movements, world.rows.ended) == ([], [])


async def test_what_legacy_put_back_is_recorded(world: World) -> None:
    await world.handler.put_back("SO-1", {"MUG-0": 3}, THEN)
    assert world.rows.movements == [Movement("MUG-0", 3, "CANCEL", "SO-1", THEN)]
