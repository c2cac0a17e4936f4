"""The inventory hears of each owner once, and again where it was away."""

import asyncio
from dataclasses import replace

import pytest

from chassis.ownership.record import Owner, Phase, Record
from contracts.ownership import Stamp
from new_services.orders.owner.informing import inform
from tests.rigs.ownership.protocol import MemoryRecords

OURS = Record("orders", Owner.NEW, epoch=2, window_open=True, since_lsn=7)


async def test_it_is_informed_of_the_owner_and_of_the_end_of_the_window() -> None:
    records, stamps, away = MemoryRecords(stored=replace(OURS, phase=Phase.MOVING)), [], [True]
    plan = iter([OURS, OURS, OURS, replace(OURS, window_open=False)])

    async def send(stamp: Stamp) -> None:
        if away:
            away.clear()
            raise TimeoutError("away")
        stamps.append(stamp)

    async def pause(_: float) -> None:
        following = next(plan, None)
        if following is None:
            raise asyncio.CancelledError
        records.stored = following

    with pytest.raises(asyncio.CancelledError):
        await inform(records, send, pause)
    assert stamps == [Stamp(2, True, True, 7), Stamp(2, True, False, 7)]
