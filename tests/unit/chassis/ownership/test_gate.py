"""A write goes to the owner, or waits while there is none; nothing is begun meanwhile."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from chassis.ownership.gate import Moving, WriteGate
from chassis.ownership.record import Owner, Phase, Record
from tests.rigs.ownership.protocol import MemoryRecords

MOVING = Record("goods", phase=Phase.MOVING, toward=Owner.NEW, operator="anna")


async def test_a_write_goes_to_the_owner_at_once() -> None:
    records = MemoryRecords()
    assert await WriteGate(records).whose("a") is Owner.LEGACY
    records.stored = Record("goods", Owner.NEW)
    assert await WriteGate(records).whose("a") is Owner.NEW
    assert records.waits == []


async def test_writes_that_wait_go_to_the_new_owner_and_are_counted() -> None:
    records = MemoryRecords()
    records.stored = MOVING
    gate = WriteGate(records)
    waiting = [asyncio.create_task(gate.whose(f"write {each}")) for each in range(20)]
    looks, several = 0, asyncio.Event()
    look = records.look

    async def counted(connection: Any = None) -> Record:
        nonlocal looks
        looks += 1
        if looks == 23:  # each once, and then one for all of them
            several.set()
        return await look(connection)

    records.look = counted  # type: ignore[method-assign]
    await several.wait()
    assert not any(task.done() for task in waiting)
    records.stored = replace(MOVING, owner=Owner.NEW, phase=Phase.SETTLED)
    assert set(await asyncio.gather(*waiting)) == {Owner.NEW}
    assert len(records.waits) == 20
    assert looks < 30


async def test_a_write_that_finds_the_domain_moved_has_waited_from_then() -> None:
    records = MemoryRecords()
    gate = WriteGate(records)
    records.stored = Record("goods", Owner.NEW, operator="anna")
    assert await gate.whose("a") is Owner.NEW
    assert isinstance(gate.moved("a"), Moving)
    assert await gate.whose("b") is Owner.NEW
    assert records.waits == []
    assert await gate.whose("a") is Owner.NEW
    assert len(records.waits) == 1


async def test_that_legacy_owns_it_is_not_believed_of_a_moment_ago() -> None:
    """A write of ours asks once more in its transaction, one of legacy's does not."""
    records, past = MemoryRecords(), Record("goods")

    async def lately() -> Record:
        return past

    records.lately = lately  # type: ignore[method-assign]
    records.stored = Record("goods", Owner.NEW)
    assert await WriteGate(records).whose("a") is Owner.NEW
    past, records.stored = records.stored, Record("goods")
    assert await WriteGate(records).whose("a") is Owner.NEW


async def test_a_wait_that_is_too_long_begins_nothing_and_counts_whole_later() -> None:
    records = MemoryRecords()
    records.stored = MOVING
    gate = WriteGate(records)
    with pytest.raises(Moving, match="goods is changing hands") as raised:
        await gate.whose("a", patience=0.01)
    assert raised.value.ours
    assert raised.value.after > 0
    assert records.waits == []
    records.stored = replace(MOVING, phase=Phase.SETTLED)
    assert await gate.whose("a") is Owner.LEGACY
    assert len(records.waits) == 1
    assert await gate.whose("a") is Owner.LEGACY
    assert len(records.waits) == 1


class Connection:
    """Takes the lock."""

    def __init__(self) -> None:
        self.executed: list[Any] = []

    async def execute(self, *statement: Any) -> None:
        self.executed.append(statement)


async def test_only_what_is_ours_enters() -> None:
    records, connection = MemoryRecords(), Connection()
    for record in (Record("goods"), replace(MOVING, owner=Owner.NEW, toward=Owner.LEGACY)):
        records.stored = record
        with pytest.raises(Moving):
            await WriteGate(records).enter(connection)  # type: ignore[arg-type]
    records.stored = Record("goods", Owner.NEW, epoch=4)
    assert (await WriteGate(records).enter(connection)).epoch == 4  # type: ignore[arg-type]
    assert len(connection.executed) == 3
