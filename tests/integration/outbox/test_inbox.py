"""Events enter once, in order; what cannot be taken is put aside and the rest goes on."""

import asyncio
from typing import Any

import orjson
import pytest
from prometheus_client import CollectorRegistry

from chassis.events.inbox import Inbox, Limits
from chassis.events.outbox import Relay, ensure_event_streams
from contracts.events import envelope as events

pytestmark = pytest.mark.integration

FAST = Limits(attempts=3, deaths=3, first_pause=0.01, most_pause=0.02, singly=1)


def _inbox(service: Any, handlers: Any, metrics: CollectorRegistry | None = None) -> Inbox:
    return Inbox(
        service.url, service.nats, "watcher", handlers, metrics or CollectorRegistry(), FAST
    )


def _relay(service: Any) -> None:
    service.run(Relay(service.url, service.nats, CollectorRegistry()).run())


async def _has_seen(service: Any, count: int) -> bool:
    return len(await service.seen()) >= count


async def test_each_event_is_handled_once_in_order(
    service: Any, moved: Any, handlers: Any, until: Any
) -> None:
    _relay(service)
    service.run(_inbox(service, handlers).run())
    for step in range(1, 31):
        await service.tell(moved("a", step))

    await until(lambda: _has_seen(service, 30), "handled")
    assert await service.seen() == [("a", step) for step in range(1, 31)]


async def test_a_second_publication_is_known(
    service: Any, moved: Any, handlers: Any, until: Any
) -> None:
    metrics = CollectorRegistry()
    _relay(service)
    service.run(_inbox(service, handlers, metrics).run())
    await service.tell(moved("a", 1))
    await until(lambda: _has_seen(service, 1), "handled")
    # As after the server's memory of ids has run out.
    message = await service.nats.jetstream().get_msg(events.STREAM, 1)
    await service.nats.jetstream().publish(message.subject, message.data)
    await service.tell(moved("a", 2))

    await until(lambda: _has_seen(service, 2), "handled")
    assert await service.seen() == [("a", 1), ("a", 2)]
    known = metrics.get_sample_value(
        "inbox_events_total", {"consumer": "watcher", "outcome": "known"}
    )
    assert known == 1.0


async def test_consumers_die_at_random_and_nothing_is_handled_twice(
    service: Any, moved: Any, handlers: Any, until: Any
) -> None:
    _relay(service)
    consumers = [service.run(_inbox(service, handlers).run()) for _ in range(2)]
    for step in range(1, 61):
        await service.tell(moved("a", step))
        if step % 12 == 0:
            consumers.pop(0).cancel()
            consumers.append(service.run(_inbox(service, handlers).run()))
            await asyncio.sleep(0.05)

    await until(lambda: _has_seen(service, 60), "handled")
    assert await service.seen() == [("a", step) for step in range(1, 61)]


async def test_poison_becomes_a_dead_letter_and_leaves_nothing(
    service: Any, moved: Any, handlers: Any, until: Any
) -> None:
    _relay(service)
    service.run(_inbox(service, handlers).run())
    await service.tell(moved("a", 1), moved("a", 2, poison=True), moved("a", 3))

    await until(lambda: _has_seen(service, 2), "handled")
    assert await service.seen() == [("a", 1), ("a", 3)]
    letter = await service.nats.jetstream().get_msg(events.DEAD_STREAM, 1)
    assert letter.headers[events.DEAD_CONSUMER] == "watcher"
    assert letter.headers[events.DEAD_ERROR] == "ValueError: cannot stomach this"
    assert letter.headers[events.DEAD_ATTEMPTS] == "3"
    assert letter.headers[events.DEAD_SUBJECT] == "events.test.moved"
    assert orjson.loads(letter.data)["data"]["step"] == 2


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"not json", "not JSON"),
        (b'{"v":9}', "not an event of format 1"),
        (b'{"v":1,"id":"x"}', "is missing"),
    ],
)
async def test_what_is_no_event_becomes_a_dead_letter_at_once(
    service: Any, moved: Any, handlers: Any, until: Any, body: bytes, why: str
) -> None:
    _relay(service)
    service.run(_inbox(service, handlers).run())
    await service.nats.jetstream().publish("events.test.moved", body)
    await service.tell(moved("a", 1))

    await until(lambda: _has_seen(service, 1), "handled")
    letter = await service.nats.jetstream().get_msg(events.DEAD_STREAM, 1)
    assert why in letter.headers[events.DEAD_ERROR]
    assert letter.headers[events.DEAD_ATTEMPTS] == "1"


async def test_a_message_that_kills_the_process_is_given_up(
    service: Any, moved: Any, handlers: Any, until: Any
) -> None:
    deaths = 0

    class Death(BaseException):
        """As if the process were gone."""

    async def lethal(*_: Any) -> None:
        nonlocal deaths
        deaths += 1
        raise Death

    _relay(service)
    await service.tell(moved("a", 1), moved("a", 2))
    for _ in range(FAST.deaths):
        with pytest.raises(Death):
            await _inbox(service, {moved: lethal}).run()
    service.run(_inbox(service, handlers).run())

    await until(lambda: _has_seen(service, 1), "handled")
    assert deaths == FAST.deaths
    assert await service.seen() == [("a", 2)]
    letter = await service.nats.jetstream().get_msg(events.DEAD_STREAM, 1)
    assert "the process died over it" in letter.headers[events.DEAD_ERROR]


async def _taken_together(service: Any, moved: Any, handlers: Any, until: Any) -> None:
    """From now on what is there together is taken together: the first message came alone."""
    _relay(service)
    service.run(_inbox(service, handlers).run())
    await service.tell(moved("a", 1))
    await until(lambda: _has_seen(service, 1), "handled")


async def test_one_that_fails_does_not_take_its_neighbours_with_it(
    service: Any, moved: Any, handlers: Any, until: Any
) -> None:
    await _taken_together(service, moved, handlers, until)
    await service.tell(moved("a", 2), moved("b", 3), moved("c", 4, poison=True), moved("d", 5))
    await service.tell(moved("a", 6))

    await until(lambda: _has_seen(service, 5), "handled")
    assert sorted(step for _, step in await service.seen()) == [1, 2, 3, 5, 6]
    letter = await service.nats.jetstream().get_msg(events.DEAD_STREAM, 1)
    assert orjson.loads(letter.data)["data"]["step"] == 4


async def test_death_in_the_middle_of_a_batch_leaves_nothing_of_it(
    service: Any, moved: Any, handlers: Any, until: Any
) -> None:
    """And what kills is found by itself: what came with it is handled, once."""

    class Death(BaseException):
        """As if the process were gone."""

    (handle,) = handlers.values()

    async def lethal(connection: Any, event: Any, envelope: Any) -> None:
        await handle(connection, event, envelope)
        if event.step == 3:
            raise Death

    _relay(service)
    consumer = service.run(_inbox(service, {moved: lethal}).run())

    async def over() -> bool:
        return consumer.done() or await _has_seen(service, 3)

    await service.tell(moved("a", 1))
    await until(lambda: _has_seen(service, 1), "handled")
    await service.tell(moved("a", 2), moved("b", 3), moved("c", 4))
    deaths = 0
    await until(over, "dead or done")
    while consumer.done():
        assert isinstance(consumer.exception(), Death)
        deaths += 1
        consumer = service.run(_inbox(service, {moved: lethal}).run())
        await until(over, "dead or done")

    assert FAST.deaths <= deaths <= FAST.deaths + 2
    assert sorted(step for _, step in await service.seen()) == [1, 2, 4]


async def test_a_stream_made_again_is_read_from_its_beginning(
    service: Any, moved: Any, handlers: Any, until: Any
) -> None:
    _relay(service)
    consumer = service.run(_inbox(service, handlers).run())
    await service.tell(moved("a", 1), moved("a", 2))
    await until(lambda: _has_seen(service, 2), "handled")
    consumer.cancel()
    await service.nats.jetstream().delete_stream(events.STREAM)
    await ensure_event_streams(service.nats)
    service.run(_inbox(service, handlers).run())
    await service.tell(moved("a", 3))

    await until(lambda: _has_seen(service, 3), "handled")
