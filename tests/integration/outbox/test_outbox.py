"""Events leave in order, and all of them, whichever process dies meanwhile."""

import asyncio
import random
import time
from typing import Any

import asyncpg
import orjson
import pytest
from prometheus_client import CollectorRegistry

from chassis.events import outbox, outbox_watch
from chassis.events.outbox import Limits, Relay
from contracts.events import envelope as events

pytestmark = pytest.mark.integration


async def _published(service: Any) -> list[dict[str, Any]]:
    """Everything on the stream, in its order."""
    jetstream = service.nats.jetstream()
    last = (await jetstream.stream_info(events.STREAM)).state.last_seq
    return [
        orjson.loads((await jetstream.get_msg(events.STREAM, seq)).data)
        for seq in range(1, last + 1)
    ]


async def _pending(service: Any) -> int:
    return int(await service.pool.fetchval("SELECT count(*) FROM outbox WHERE sent IS NULL"))


async def test_what_was_not_committed_is_not_published(
    service: Any, moved: Any, until: Any
) -> None:
    service.run(Relay(service.url, service.nats, CollectorRegistry()).run())
    with pytest.raises(RuntimeError):
        async with service.pool.acquire() as connection, connection.transaction():
            await outbox.add(connection, moved("a", 1), "lost", time.time())
            raise RuntimeError("the handler fails after it wrote the event")
    await service.tell(moved("a", 2))

    await until(lambda: _is(service, 1), "published")
    assert [body["data"]["step"] for body in await _published(service)] == [2]


async def _is(service: Any, count: int) -> bool:
    info = await service.nats.jetstream().stream_info(events.STREAM)
    return info.state.messages >= count and await _pending(service) == 0


async def test_order_per_key_holds_for_many_writers(service: Any, moved: Any, until: Any) -> None:
    steps = {f"thing-{n}": 0 for n in range(5)}
    locks = {thing: asyncio.Lock() for thing in steps}
    chance = random.Random(7)

    async def writer() -> None:
        for _ in range(20):
            thing = chance.choice(sorted(steps))
            async with locks[thing]:  # as a row lock of the thing itself would
                steps[thing] += 1
                await service.tell(moved(thing, steps[thing]))

    service.run(Relay(service.url, service.nats, CollectorRegistry(), Limits(batch=7)).run())
    await asyncio.gather(*(writer() for _ in range(8)))

    await until(lambda: _is(service, 160), "published")
    bodies = await _published(service)
    for thing, last in steps.items():
        order = [body["data"]["step"] for body in bodies if body["key"] == thing]
        assert order == list(range(1, last + 1))


async def test_relays_die_at_random_and_nothing_is_lost_or_doubled(
    service: Any, moved: Any, until: Any
) -> None:
    chance = random.Random(11)
    relays = [
        service.run(Relay(service.url, service.nats, CollectorRegistry(), Limits(batch=5)).run())
        for _ in range(2)
    ]
    for step in range(1, 61):
        await service.tell(moved("one", step), moved("two", step))
        if step % 10 == 0:
            relays.pop(chance.randrange(2)).cancel()
            relay = Relay(service.url, service.nats, CollectorRegistry(), Limits(batch=5))
            relays.append(service.run(relay.run()))
            await asyncio.sleep(chance.random() * 0.05)

    await until(lambda: _is(service, 120), "published")
    bodies = await _published(service)
    assert len(bodies) == 120
    for thing in ("one", "two"):
        steps = [body["data"]["step"] for body in bodies if body["key"] == thing]
        assert steps == list(range(1, 61))


async def test_events_wait_while_the_bus_is_away(
    service: Any, moved: Any, until: Any, nats_server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """And gauge and warning say so meanwhile: that is when somebody needs them."""
    metrics = CollectorRegistry()
    limits = Limits(warn_after=0.1, measure_every=0.05)
    service.run(Relay(service.url, service.nats, metrics, limits).run())
    await service.tell(moved("a", 1))
    await until(lambda: _is(service, 1), "published")

    async def late() -> bool:
        return (metrics.get_sample_value("outbox_oldest_pending_seconds") or 0.0) > 0.1

    async def none_waits() -> bool:
        return metrics.get_sample_value("outbox_pending") == 0.0

    await until(none_waits, "measured")
    caplog.clear()  # on a busy machine the first one, too, may have waited for too long
    nats_server.kill()
    await service.tell(moved("a", 2))
    assert await _pending(service) == 1
    await until(late, "measured")
    assert metrics.get_sample_value("outbox_pending") == 1.0
    warnings = [line.message for line in caplog.records if "pending events waits" in line.message]
    assert len(warnings) == 1

    nats_server.start()

    await until(lambda: _is(service, 2), "published")
    assert [body["data"]["step"] for body in await _published(service)] == [1, 2]
    await until(none_waits, "measured again")
    assert metrics.get_sample_value("outbox_oldest_pending_seconds") == 0.0


async def test_the_age_of_the_oldest_is_measured_and_sent_rows_go(
    service: Any, moved: Any, until: Any
) -> None:
    metrics = CollectorRegistry()
    relay = Relay(service.url, service.nats, metrics, Limits(keep=0.0, clean_every=0.0))
    await service.tell(moved("a", 1))
    await service.pool.execute("UPDATE outbox SET created = now() - interval '1 hour'")

    pending, age = await service.pool.fetchrow(outbox_watch.AGE)
    assert (pending, round(age / 60)) == (1, 60)
    service.run(relay.run())

    async def empty() -> bool:
        return await service.pool.fetchval("SELECT count(*) FROM outbox") == 0

    async def none_waits() -> bool:
        return metrics.get_sample_value("outbox_oldest_pending_seconds") == 0.0

    await until(empty, "cleaned")
    await until(none_waits, "measured")


async def test_one_id_is_published_once(service: Any, moved: Any) -> None:
    async with service.pool.acquire() as connection:
        for _ in range(2):
            async with connection.transaction():
                await outbox.add(connection, moved("a", 1), "saga-1:confirm", time.time())
    assert await _pending(service) == 1


async def test_waves_keep_the_order_of_each_key(service: Any) -> None:
    rows: list[asyncpg.Record] = await service.pool.fetch(
        "SELECT * FROM (VALUES (1,'a'),(2,'b'),(3,'a'),(4,'a'),(5,'c')) AS row (id, key)"
    )
    assert [[row["id"] for row in wave] for wave in outbox.waves(rows)] == [[1, 2, 5], [3], [4]]
