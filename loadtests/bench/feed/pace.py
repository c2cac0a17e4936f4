"""Commits at a steady pace; when each was decoded by a bare client, heard on the bus, and when it
could be read: what lies between two of these is what that part of the way takes."""

import asyncio
import random
import time
from dataclasses import dataclass, field

import asyncpg
import nats
import orjson
import psycopg
from nats.aio.msg import Msg

from contracts.subjects import legacy_subject
from new_services.feed.log import stream
from new_services.feed.log.messages import Begin, Update
from new_services.feed.log.pgoutput import parse

SLOT = "bench_bare"
POLL_SECONDS = 0.001
POSTGRES_EPOCH = 946_684_800
QUANTITY = 1  # column of table stock
LAST_SECONDS = 60.0  # at most for what is still on its way at the end


@dataclass
class Times:
    """Unix seconds, by the number that a commit wrote."""

    committed: dict[int, float] = field(default_factory=dict)  # as the log says
    decoded: dict[int, float] = field(default_factory=dict)
    heard: dict[int, float] = field(default_factory=dict)  # from the broker, as the feed sent it
    visible: dict[int, float] = field(default_factory=dict)  # unless overwritten before a look

    def took(self, what: dict[int, float]) -> list[float]:
        """Milliseconds from each commit to that."""
        both = self.committed.keys() & what.keys()
        return sorted((what[number] - self.committed[number]) * 1000 for number in both)


async def measure(
    legacy: str, catalog: str, bus_url: str, rate: int, seconds: float
) -> tuple[Times, float]:
    """All at once, in this process. Also the seconds of CPU that all this took here."""
    times, began = Times(), time.process_time()
    bus = await nats.connect(bus_url)

    async def hear(message: Msg) -> None:
        number = (orjson.loads(message.data).get("after") or {}).get("qty", 0) - 10**6
        times.heard[number] = time.time()

    await bus.subscribe(legacy_subject("stock"), cb=hear)
    await bus.flush()
    replication = await stream.connect(legacy)
    create = f"CREATE_REPLICATION_SLOT {SLOT} TEMPORARY LOGICAL pgoutput (SNAPSHOT 'nothing')"
    await replication.execute(create)
    reader = await asyncpg.connect(catalog)
    newest = await reader.fetchval("SELECT max(lsn) FROM stock")  # before the first commit
    async with asyncio.TaskGroup() as tasks:
        others = [
            tasks.create_task(_decode(replication, times)),
            tasks.create_task(look(reader, newest, times)),
        ]
        await arrived(times, await _write(legacy, rate, seconds))
        for task in others:
            task.cancel()
    await reader.close()
    await replication.close()
    await bus.close()
    return times, time.process_time() - began


async def arrived(times: Times, last: int, seconds: float = LAST_SECONDS) -> None:
    """Until the last commit has been seen everywhere: no other hides it, and each list keeps the
    order of the commits. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        seen = (times.decoded, times.heard, times.visible)
        while not all(last in each for each in seen):  # noqa: ASYNC110 - three of them fill these
            await asyncio.sleep(POLL_SECONDS)


async def _write(url: str, rate: int, seconds: float) -> int:
    """Each commit writes the next number into the stock of some article; returns the last one."""
    connection = await asyncpg.connect(url)
    skus = [row["sku"] for row in await connection.fetch("SELECT sku FROM stock")]
    began, last = time.monotonic(), max(1, int(rate * seconds))
    for number in range(1, last + 1):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        sku = random.choice(skus)
        await connection.execute("UPDATE stock SET qty = $1 WHERE sku = $2", 10**6 + number, sku)
    await connection.close()
    return last


async def _decode(replication: psycopg.AsyncConnection, times: Times) -> None:
    """The yardstick: the same log, read by the shortest program there is."""
    source, begin = stream.ReplicationStream(replication), Begin(0, 0, 0)
    await source.start(SLOT, "fig_feed")
    async for data in source.messages():
        message = None if data is None else parse(data)
        if isinstance(message, Begin):
            begin = message
        elif isinstance(message, Update) and str(message.new[QUANTITY]).startswith("10"):
            number = int(str(message.new[QUANTITY])) - 10**6
            times.decoded[number] = time.time()
            times.committed[number] = begin.committed / 1e6 + POSTGRES_EPOCH
        source.confirm(source.end)


async def look(connection: asyncpg.Connection, newest: int, times: Times) -> None:
    """What the read model shows after this position of the log, asked all the time."""
    statement = await connection.prepare("SELECT quantity, lsn FROM stock WHERE lsn > $1")
    while True:
        for quantity, lsn in await statement.fetch(newest):
            times.visible.setdefault(quantity - 10**6, time.time())
            newest = max(newest, lsn)
        await asyncio.sleep(POLL_SECONDS)
