"""Reading a stream from a position: in order, whole, and honest about what was lost."""

import asyncio

import pytest
from nats.js.api import StreamConfig

from chassis.events import bus
from chassis.readmodel import reader as reading
from chassis.readmodel.reader import WINDOW, ReaderLost, StreamReader

pytestmark = pytest.mark.integration

FOR_EVER = 3600.0  # longer than any test may last


@pytest.fixture
async def nats(nats_server):
    connection = await bus.connect(nats_server.url, "test")
    config = StreamConfig(name="S", subjects=["s.>"])
    await bus.ensure_stream(connection.jetstream(), config)
    yield connection
    await connection.close()


async def publish(nats, subject: str, count: int) -> None:
    jetstream = nats.jetstream()
    for number in range(count):
        await jetstream.publish_async(subject, str(number).encode())
    await jetstream.publish_async_completed()


async def read(reader: StreamReader, count: int) -> list[bytes]:
    found: list[bytes] = []
    while len(found) < count:
        found += [message.data for message in await reader.batch(200)]
    return found


async def test_more_than_the_window_in_order(nats):
    count = WINDOW * 3 + 7
    await publish(nats, "s.a", count)
    async with StreamReader(nats, "S", ["s.a"], after=0) as reader:
        assert await read(reader, count) == [str(number).encode() for number in range(count)]


async def test_from_a_position_and_only_the_subjects(nats):
    await publish(nats, "s.a", 3)
    await publish(nats, "s.b", 3)
    await publish(nats, "s.c", 3)
    async with StreamReader(nats, "S", ["s.a", "s.c"], after=2) as reader:
        assert await read(reader, 4) == [b"2", b"0", b"1", b"2"]


async def test_a_batch_is_bounded_and_what_comes_later_arrives(nats):
    async with StreamReader(nats, "S", ["s.a"], after=0) as reader:
        waiting = asyncio.create_task(reader.batch(2))
        await publish(nats, "s.a", 5)
        first = await waiting
        assert 1 <= len(first) <= 2
        rest = await read(reader, 5 - len(first))
        assert [m.data for m in first] + rest == [b"0", b"1", b"2", b"3", b"4"]


async def test_a_consumer_that_is_gone_is_reported(nats):
    async with StreamReader(nats, "S", ["s.a"], after=0) as reader:
        waiting = asyncio.create_task(reader.batch(1))
        (consumer,) = await nats.jetstream().consumers_info("S")
        await nats.jetstream().delete_consumer("S", consumer.name)
        with pytest.raises(ReaderLost):
            await waiting


async def test_a_killed_server_is_noticed(nats, nats_server):
    async with StreamReader(nats, "S", ["s.a"], after=0) as reader:
        waiting = asyncio.create_task(reader.batch(1))
        await asyncio.sleep(0)
        nats_server.kill()
        with pytest.raises(ReaderLost):
            await waiting


async def test_connecting_waits_for_the_server(nats_server):
    nats_server.kill()
    connecting = asyncio.create_task(bus.connect(nats_server.url, "patient"))
    await asyncio.sleep(0.2)
    assert not connecting.done()
    nats_server.start()
    connection = await asyncio.wait_for(connecting, 10)
    assert connection.is_connected
    await connection.close()


async def test_more_is_what_comes_until_there_is_enough(nats):
    async with StreamReader(nats, "S", ["s.a"], after=0) as reader:
        await publish(nats, "s.a", 1)
        assert len(await reader.batch(9)) == 1
        more = asyncio.create_task(reader.more(3, FOR_EVER))
        await publish(nats, "s.a", 4)
        assert [m.data for m in await more] == [b"0", b"1", b"2"]
        assert [m.data for m in await reader.batch(9)] == [b"3"]


async def test_more_ends_when_its_time_is_over_or_somebody_is_in_a_hurry(nats, monkeypatch):
    # The server's own sign of life ends it, too: none in this test.
    monkeypatch.setattr(reading, "REQUEST_SECONDS", 3 * FOR_EVER)
    monkeypatch.setattr(reading, "HEARTBEAT_SECONDS", FOR_EVER)
    async with StreamReader(nats, "S", ["s.a"], after=0) as reader:
        await publish(nats, "s.a", 1)
        assert len(await reader.batch(9)) == 1
        assert await reader.more(1, 0.001) == []
        more = asyncio.create_task(reader.more(1, FOR_EVER))
        await asyncio.sleep(0)  # it waits by now
        reader.hurry()
        assert await more == []
