"""The record on a real database: a change holds while the row is what it was made of, or not."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import asyncpg
import pytest

from chassis.ownership import protocol
from chassis.ownership import records as module
from chassis.ownership.gate import Moving, WriteGate
from chassis.ownership.record import Owner, Phase, Record
from chassis.ownership.records import Records

pytestmark = pytest.mark.integration


@pytest.fixture
async def records(take_database: Callable[[str], str]) -> AsyncIterator[Records]:
    pool = await asyncpg.create_pool(take_database("catalog"), min_size=0, max_size=6)
    yield Records(pool, "goods")
    await pool.close()


async def begun(records: Records, toward: Owner = Owner.NEW) -> Record:
    before = await records.look()
    record = await records.change(before, protocol.begin(before, toward, "anna"))
    assert record is not None
    assert (record.phase, record.held, record.operator) == (Phase.MOVING, True, "anna")
    return record


async def to_new(records: Records) -> Record:
    record: Record | None = await begun(records)
    assert record is not None
    record = await records.change(record, protocol.fenced(record, record.attempt, {"a": 1}))
    assert record is not None
    record = await records.change(record, protocol.switch(record, record.attempt, 77))
    assert record is not None
    return record


async def end_lease(records: Records) -> None:
    await records.pool.execute("UPDATE domain_owner SET lease_until = clock_timestamp()")


async def test_what_is_stored_is_what_the_protocol_says(records: Records) -> None:
    assert await records.look() == Record("goods")
    record = await to_new(records)
    expected = Record("goods", Owner.NEW, 2, attempt=1, operator="anna")
    assert record == replace(expected, window_open=True, since_lsn=77, numbers={"a": 1})
    assert await records.look() == record


async def test_of_two_at_once_one_begins(records: Records) -> None:
    before = await records.look()
    after = protocol.begin(before, Owner.NEW, "anna")
    both = await asyncio.gather(*(records.change(before, after) for _ in range(5)))
    assert sum(each is not None for each in both) == 1


async def test_after_the_lease_nothing_holds_but_the_end(records: Records) -> None:
    record = await begun(records)
    await end_lease(records)
    assert await records.change(record, protocol.fenced(record, record.attempt, {})) is None
    assert await records.change_alone(record, protocol.fenced(record, record.attempt, {})) is None
    now = await records.look()
    taken = await records.change(now, protocol.take_over(now))
    assert taken is not None
    # the first one wakes up
    assert await records.change(record, protocol.fenced(record, record.attempt, {})) is None
    late = protocol.settle(record, record.attempt, "late")
    assert await records.change(record, late, leased=False) is None
    await end_lease(records)
    settled = protocol.settle(taken, taken.attempt, "ended")
    done = await records.change(taken, settled, leased=False)
    assert done is not None
    assert (done.phase, done.words, done.held) == (Phase.SETTLED, "ended", False)


async def test_how_far_the_read_model_is_survives_a_change_made_of_an_older_row(
    records: Records,
) -> None:
    record = await begun(records)
    async with records.pool.acquire() as connection:
        await records.reached(connection, 500)
    after = await records.change(record, protocol.fenced(record, record.attempt, {}))
    assert after is not None
    assert after.reached_lsn == 500


async def test_what_was_seen_lately_is_not_older_than_any_look(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LATELY_SECONDS", 60.0)
    assert await records.lately() == await records.look()
    await records.pool.execute("UPDATE domain_owner SET epoch = 7")
    assert (await records.lately()).epoch == 1
    assert (await records.look()).epoch == 7
    assert (await records.lately()).epoch == 7
    async with records.pool.acquire() as connection, connection.transaction():
        await connection.execute("UPDATE domain_owner SET epoch = 9")
        assert (await records.look(connection)).epoch == 9  # may yet come to nothing
        assert (await records.lately()).epoch == 7
    monkeypatch.setattr(module, "LATELY_SECONDS", 0.0)
    assert (await records.lately()).epoch == 9


async def test_of_one_name_there_is_one_writer_at_a_time(records: Records) -> None:
    await to_new(records)
    gate = WriteGate(records)

    async def writes(name: str) -> None:
        async with records.pool.acquire() as connection, connection.transaction():
            await gate.enter(connection, name)

    async with records.pool.acquire() as connection, connection.transaction():
        await gate.enter(connection, "SO-1")
        waiting = asyncio.create_task(writes("SO-1"))
        await asyncio.wait_for(writes("SO-2"), 10.0)
        assert not waiting.done()
    await asyncio.wait_for(waiting, 10.0)


async def test_a_fence_of_ours_waits_for_the_writes_that_are_in(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    await to_new(records)
    gate = WriteGate(records)
    record = await begun(records, Owner.LEGACY)
    await records.change(record, protocol.settle(record, record.attempt, ""), leased=False)
    async with records.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await gate.enter(connection)
        record = await begun(records, Owner.LEGACY)
        fenced = protocol.fenced(record, record.attempt, {})
        monkeypatch.setattr(module, "DRAIN_SECONDS", 0.1)
        with pytest.raises(TimeoutError):
            await records.change_alone(record, fenced)
        assert (await records.look()).phase is Phase.MOVING
        monkeypatch.setattr(module, "DRAIN_SECONDS", 30.0)
        waiting = asyncio.create_task(records.change_alone(record, fenced))
        await transaction.commit()
        done = await waiting
    assert done is not None
    async with records.pool.acquire() as connection, connection.transaction():
        with pytest.raises(Moving):
            await gate.enter(connection)
