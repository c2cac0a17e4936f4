"""Each call goes to the owner of the orders at that moment."""

from typing import Any

import pytest

from chassis.ownership.record import Owner, Phase, Record
from contracts.orders import OrderRequest
from contracts.ownership import Stamp
from contracts.record import Customer, RecordRefused
from new_services.orders.owner.seam import Attempt, Owned

ANNA = Customer("a@b.c", "Anna", "sealed")
WANTED = OrderRequest({"MUG-0": 1})
LEGACY = Record("orders")
OURS = Record("orders", Owner.NEW, epoch=2, window_open=True)


class Side:
    """A system of record: keeps its calls. `found`: what it finds."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.found: list[str] = []
        self.room = True

    def accepts(self, _: OrderRequest) -> bool:
        return self.room

    async def place(self, *values: Any) -> Any:
        self.calls.append(f"place {values[3:]}")

    async def find(self, *_: Any) -> Any:
        self.calls.append("find")
        return self.found

    async def cancel(self, *_: Any) -> Any:
        self.calls.append("cancel")

    async def look(self, *_: Any) -> Any:
        self.calls.append("look")


class Gate:
    """Says what the record says."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.records = self

    async def look(self) -> Record:
        return self.record

    lately = look

    async def whose(self, _: str) -> Owner:
        return self.record.owner


class World:
    """A seam between two sides."""

    def __init__(self, record: Record) -> None:
        sides: Any = (Side(), Side())
        self.legacy, self.own = sides
        gate: Any = Gate(record)
        self.seam = Owned(self.legacy, self.own, gate)

    async def place(self) -> None:
        await self.seam.place(ANNA, WANTED, Attempt("S-1", 99.0, 2, self._promise))

    async def _promise(self, *_: Any) -> None:
        self.legacy.calls.append("promised")

    async def all(self) -> None:
        await self.place()
        await self.seam.find(ANNA, WANTED, "S-1", 1.0)
        await self.seam.cancel(ANNA, "SO-1")
        await self.seam.look(ANNA, "SO-1")


async def test_while_the_monolith_owns_them_it_is_asked() -> None:
    """Only that what was placed here is looked for here first."""
    world = World(LEGACY)
    await world.all()
    assert world.legacy.calls == ["promised", "place (99.0,)", "find", "cancel", "look"]
    assert world.own.calls == ["find"]


async def test_while_we_own_them_the_monolith_is_not_asked() -> None:
    world = World(OURS)
    await world.all()
    assert world.legacy.calls == []
    held, promise = 2, world._promise  # for the owner's own transaction
    assert world.own.calls == [f"place {(held, promise)}", "find", "cancel", "look"]


async def test_what_was_placed_here_is_found_here_after_the_way_back() -> None:
    world = World(LEGACY)
    world.own.found = ["SO-1"]
    found: Any = await world.seam.find(ANNA, WANTED, "S-1", 1.0)
    assert (found, world.legacy.calls) == (["SO-1"], [])


@pytest.mark.parametrize("phase", [Phase.MOVING, Phase.FENCED])
async def test_a_question_is_for_the_owner_so_far(phase: Phase) -> None:
    world = World(Record("orders", Owner.NEW, phase=phase))
    await world.seam.look(ANNA, "SO-1")
    assert world.own.calls == ["look"]


async def test_an_order_without_room_for_a_mark_is_not_written_in_the_monolith() -> None:
    world = World(LEGACY)
    world.legacy.room = False
    with pytest.raises(RecordRefused, match="503"):
        await world.place()
    assert world.legacy.calls == []


async def test_calls_to_others_carry_the_epoch() -> None:
    assert await World(LEGACY).seam.stamp() == Stamp(1, ours=False)
    assert await World(OURS).seam.stamp() == Stamp(2, ours=True, window=True)
