"""Which orders are taken: by the owner so far, and by how fresh the prices are."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from chassis.readmodel.watermark import PATIENCE_SECONDS, Watermark
from chassis.web import headers
from chassis.web.app import Problem
from contracts.orders import OrderRequest
from contracts.ownership import Stamp
from new_services.orders.endpoints import Endpoints

WANTED = OrderRequest({"MUG-0": 1})
LEGACYS, OURS = Stamp(1, ours=False), Stamp(2, ours=True)


class World:
    """Endpoints whose read model has come to second 10; `now`: whose the orders really are."""

    def __init__(self, stamp: Stamp, *, now: bool | None = None, room: bool = True) -> None:
        async def stamped() -> Stamp:
            return stamp

        async def is_ours() -> bool:
            return stamp.ours if now is None else now

        legacy = SimpleNamespace(accepts=lambda _: room)
        record: Any = SimpleNamespace(stamp=stamped, is_ours=is_ours, legacy=legacy)
        self.watermark, other = Watermark(), SimpleNamespace()
        self.watermark.advance(10_000_000)
        parts: Any = (other, self.watermark, other, other, record, other)
        self.endpoints = Endpoints(*parts)

    async def admit(self, after: str = "") -> None:
        await self.endpoints._admit(WANTED, after)


async def test_prices_are_waited_for_longer_than_another_side_could_be_asked() -> None:
    world = World(OURS)
    admitting = asyncio.create_task(world.admit("20000000"))
    await asyncio.sleep(2 * PATIENCE_SECONDS)  # what a reading request would have waited
    assert not admitting.done()
    world.watermark.advance(21_000_000)
    await asyncio.wait_for(admitting, 10.0)


async def test_prices_that_stay_older_are_not_taken() -> None:
    with pytest.raises(Problem, match="the prices are older"):
        await World(OURS).admit("20000000")


async def test_legacy_has_its_own_prices_and_must_have_room_for_our_mark() -> None:
    await World(LEGACYS).admit("20000000")
    with pytest.raises(Problem) as refused:
        await World(LEGACYS, room=False).admit()
    assert (refused.value.headers or {})[headers.DECLINED] == headers.UNMARKED


async def test_that_legacy_owns_them_is_not_believed_of_a_moment_ago() -> None:
    await World(LEGACYS, now=True, room=False).admit()
