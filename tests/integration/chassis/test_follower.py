"""When a follower commits: at once what comes alone, together what comes close, now who waits."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import asyncpg
import pytest
from nats.aio.msg import Msg
from nats.js.api import StreamConfig

from chassis.events import bus
from chassis.process.exclusive import exclusive
from chassis.readmodel import follower
from chassis.readmodel.follower import Follower, Position, Source
from chassis.readmodel.watermark import Watermark

pytestmark = pytest.mark.integration

FOR_EVER = 3600.0


class World:
    """A stream, a database, and what was delivered together."""

    def __init__(self, nats: Any, url: str) -> None:
        self.nats, self.url = nats, url
        self.batches: asyncio.Queue[list[bytes]] = asyncio.Queue()
        self.watched: asyncio.Queue[bool] = asyncio.Queue()

    async def deliver(
        self, connection: asyncpg.Connection, messages: Sequence[Msg], position: Position
    ) -> None:
        sequence = messages[-1].metadata.sequence.stream
        await position.save(connection, sequence)
        position.moved(sequence)
        self.watched.put_nowait(position.watched)
        self.batches.put_nowait([message.data for message in messages])

    def follower(self, watermark: Watermark, **source: Any) -> Follower:
        return Follower(
            self.url, self.nats, Source("r", "S", ["s.a"], **source), self.deliver, watermark
        )

    async def tell(self, *texts: str) -> None:
        for text in texts:
            await self.nats.jetstream().publish("s.a", text.encode())

    async def batch(self) -> list[bytes]:
        async with asyncio.timeout(20):
            return await self.batches.get()


@contextlib.asynccontextmanager
async def running(*followers: Follower) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(each.run()) for each in followers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def world(nats_server: Any, make_database: Callable[[str], str]) -> AsyncIterator[World]:
    url = make_database("follower")
    connection = await asyncpg.connect(url)
    await connection.execute(follower.SCHEMA_1)
    await connection.close()
    nats = await bus.connect(nats_server.url, "test")
    await bus.ensure_stream(nats.jetstream(), StreamConfig(name="S", subjects=["s.>"]))
    yield World(nats, url)
    await nats.close()


async def test_a_change_that_comes_alone_is_committed_at_once(world: World) -> None:
    async with running(world.follower(Watermark(), pace=FOR_EVER)):
        await world.tell("0")
        assert await world.batch() == [b"0"]


async def test_what_comes_close_shares_a_batch_and_a_full_one_goes(world: World) -> None:
    async with running(world.follower(Watermark(), batch=3, pace=FOR_EVER)):
        await world.tell("0")
        assert await world.batch() == [b"0"]
        await world.tell("1", "2")
        assert world.batches.empty()
        await world.tell("3")
        assert await world.batch() == [b"1", b"2", b"3"]


async def test_who_waits_for_the_watermark_is_not_kept_waiting(world: World) -> None:
    watermark = Watermark()
    async with running(world.follower(watermark, pace=FOR_EVER)):
        await world.tell("0")
        assert await world.batch() == [b"0"]
        await world.tell("1")
        waiting = asyncio.create_task(watermark.reached(1, patience=20))
        assert await world.batch() == [b"1"]
        await world.tell("2")  # somebody still waits
        assert await world.batch() == [b"2"]
        watermark.advance(1)
        assert await waiting


async def test_a_position_lasts_a_moment_and_not_where_somebody_looks_at_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    position = Position("r", "s")
    assert not position.lasts  # nothing has been stored
    connection = await asyncpg.connect(world.url)
    await position.save(connection, 1)
    assert position.lasts
    position.watched = True
    assert not position.lasts
    position.watched = False
    monkeypatch.setattr(follower, "STORE_SECONDS", 0.0)
    assert not position.lasts
    await connection.close()


async def test_the_active_one_learns_that_another_stands_by(world: World) -> None:
    async with running(world.follower(Watermark()), world.follower(Watermark())):
        async with asyncio.timeout(20):
            while True:
                await world.tell("x")
                if await world.watched.get():
                    return


async def test_one_that_stands_by_rests_until_a_request_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "POLL_SECONDS", FOR_EVER)
    watermark = Watermark()
    async with exclusive(world.url, "r") as active:
        standby = world.follower(watermark)
        async with running(standby):
            await _until(lambda: standby.reason is None)
            await Position("r", "s").save(active, 1, watermark=5)
            assert await watermark.reached(5, patience=20)


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0.02)


async def _stands_at(world: World, sequence: int) -> None:
    connection = await asyncpg.connect(world.url)
    created = (await world.nats.jetstream().stream_info("S")).created
    await connection.execute(
        "INSERT INTO reader_position (name, stream, sequence) VALUES ('r', $1, $2)",
        str(created),
        sequence,
    )
    await connection.close()


async def test_who_was_away_for_longer_than_the_stream_keeps_stops_and_says_so(
    world: World,
) -> None:
    await world.tell("0", "1", "2", "3")
    await _stands_at(world, 1)
    await world.nats.jetstream().purge_stream("S", seq=4)  # as time does: 1 to 3 are gone
    made = world.follower(Watermark())
    async with running(made):
        await _until(lambda: made.stopped is not None)
        assert made.stopped is not None
        assert "messages 2 to 3 are gone from S" in made.stopped
        assert "`fig events go-on r`" in made.stopped
        assert world.batches.empty()
        connection = await asyncpg.connect(world.url)
        assert await follower.go_on(connection, "r", 4)
        assert not await follower.go_on(connection, "r", 4)
        await connection.close()
        assert await world.batch() == [b"3"]


async def test_what_came_for_others_does_not_look_like_a_gap(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "IDLE_SECONDS", 0.1)
    await world.tell("0")
    made = world.follower(Watermark())
    async with running(made):
        assert await world.batch() == [b"0"]
        for _ in range(3):
            await world.nats.jetstream().publish("s.b", b"of others")
        connection = await asyncpg.connect(world.url)
        stands = "SELECT sequence FROM reader_position WHERE name = 'r'"
        await _until(lambda: made._position.sequence == 4)
        assert await connection.fetchval(stands) == 4
        await connection.close()
    await world.nats.jetstream().purge_stream("S", seq=5)
    await world.tell("4")
    async with running(again := world.follower(Watermark())):
        assert await world.batch() == [b"4"]
        assert again.stopped is None


async def test_a_stream_that_is_gone_for_good_is_looked_for_seldom(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once nothing comes from it any more; before that it is waited for."""
    monkeypatch.setattr(follower, "GONE_SECONDS", FOR_EVER)
    watermark = Watermark()
    made = world.follower(watermark)

    async def until_gone() -> None:
        async with asyncio.timeout(30):
            while made.reason != "there is no stream S":  # noqa: ASYNC110 - nobody says it
                await asyncio.sleep(0.02)

    async with running(made):
        await world.tell("1")
        assert await world.batch() == [b"1"]
        await world.nats.jetstream().delete_stream("S")
        await until_gone()
        await world.nats.jetstream().add_stream(StreamConfig(name="S", subjects=["s.>"]))
        await world.tell("2")
        assert await world.batch() == [b"2"]
        watermark.free()
        await world.nats.jetstream().delete_stream("S")
        await until_gone()
