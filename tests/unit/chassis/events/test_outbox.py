"""Events leave in their order, are marked once acknowledged, and wait while they cannot leave."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import nats
import orjson
import pytest
from nats.js.api import StreamConfig
from nats.js.errors import NotFoundError
from prometheus_client import CollectorRegistry

from chassis.events import outbox
from chassis.events.outbox import Limits, Relay
from chassis.tracing.context import MOST_KEPT, read, recorded, within
from contracts.events.envelope import Envelope
from contracts.events.payments import PaymentCaptured
from tests.rigs.shop.database import AWAY, Database, Row

EVENT = PaymentCaptured("S-1", "9.50", "card")
DAY = 24 * 3600.0


class Over(BaseException):
    """The test has seen enough of what runs for ever."""


def row(number: int, key: str = "") -> Row:
    return Row(
        id=number, event_id=f"e-{number}", key=key or f"k-{number}", subject="events.x", body="{}"
    )


class Bus:
    """A client and its JetStream: keeps what is published; fails by event where told to."""

    def __init__(self) -> None:
        self.published: list[tuple[str, bytes, str]] = []
        self.waves: list[list[str]] = [[]]
        self.fails: dict[str, Exception] = {}
        self.streams: dict[str, StreamConfig] = {}
        self.timeouts: list[float] = []

    def jetstream(self, timeout: float = 5.0) -> "Bus":
        self.timeouts.append(timeout)
        return self

    async def publish(self, subject: str, body: bytes, headers: dict[str, str]) -> None:
        event_id = headers["Nats-Msg-Id"]
        self.waves[-1].append(event_id)
        await asyncio.sleep(0)
        if event_id in self.fails:
            raise self.fails[event_id]
        self.published.append((subject, body, event_id))

    async def stream_info(self, name: str) -> Any:
        if name not in self.streams:
            raise NotFoundError
        return SimpleNamespace(config=self.streams[name])

    async def add_stream(self, config: StreamConfig) -> None:
        self.streams[str(config.name)] = config

    async def update_stream(self, config: StreamConfig) -> None:
        await self.add_stream(config)


class Table(Database):
    """The outbox's table: each look finds what is next; then the test has seen enough."""

    def __init__(self, bus: Bus, *looks: list[Row] | Exception) -> None:
        super().__init__()
        self._bus, self.looks = bus, list(looks)

    async def fetch(self, statement: str, *values: Any) -> list[Any]:
        await super().fetch(statement, *values)
        if "UPDATE outbox SET sent" in statement:
            self._bus.waves.append([])
        if "WHERE sent IS NULL" not in statement:
            return []
        if not self.looks:
            raise Over
        found = self.looks.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    @property
    def sent(self) -> list[list[int]]:
        """The rows that were marked, by statement."""
        return [values[0] for values in self.values("UPDATE outbox SET sent")]


class World:
    """A relay, its table and its bus, and a clock that moves when it rests."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, *looks: list[Row] | Exception, **limits: Any
    ) -> None:
        self.bus, self.now, self.locked, self.rests = Bus(), 0.0, list[str](), list[float]()
        self.table = Table(self.bus, *looks)
        client: Any = self.bus
        self.limits = Limits(**limits)
        self.relay = Relay("postgresql://nowhere", client, CollectorRegistry(), self.limits)
        monkeypatch.setattr(outbox, "exclusive", self._exclusive)
        loop = SimpleNamespace(time=lambda: self.now)
        shim = SimpleNamespace(**vars(asyncio))
        shim.get_running_loop, shim.sleep = lambda: loop, self._sleep
        monkeypatch.setattr(outbox, "asyncio", shim)

    async def _sleep(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.now += seconds

    @contextlib.asynccontextmanager
    async def _exclusive(self, url: str, name: str) -> AsyncIterator[Table]:
        self.locked.append(name)
        yield self.table

    async def run(self) -> None:
        with pytest.raises(Over):
            await self.relay._send_all()


async def _woken(world: World) -> None:
    """Woken at each rest, so that it takes no time."""

    async def rest() -> None:
        world.now += world.limits.poll

    world.relay._rest = rest  # type: ignore[method-assign]


async def test_an_event_is_written_in_the_open_transaction_once() -> None:
    database: Any = Database()
    await outbox.add(database, EVENT, "S-1:capture", 1_800_000_000.0)
    ((statement, values),) = database.asked
    assert "ON CONFLICT (event_id) DO NOTHING" in statement
    assert statement.index("pg_advisory_xact_lock(hashtext($2)") < statement.index("INSERT")
    assert "SELECT $1, $2, $3, $4" in statement
    assert values[:3] == ("S-1:capture", "S-1", "events.payments.payment-captured")
    body = orjson.loads(values[3])
    assert (body["data"]["amount"], body["id"]) == ("9.50", "S-1:capture")
    assert body["occurred"].startswith("2027-01-15T08:00:00")


def test_a_statement_of_its_own_numbers_its_parameters() -> None:
    clause = outbox.clause(7, "moved")
    assert "hashtext($8), 2) FROM moved AS now" in clause
    assert "SELECT $7, $8, $9, $10" in clause


def test_in_a_wave_each_key_is_there_once_and_in_order() -> None:
    rows: Any = [row(1, "a"), row(2, "b"), row(3, "a"), row(4, "a"), row(5, "c"), row(6, "b")]
    found = [[each["id"] for each in wave] for wave in outbox.waves(rows)]
    assert found == [[1, 2, 5], [3, 6], [4]]
    assert outbox.waves([]) == []


async def test_what_is_pending_is_published_in_waves_and_marked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, [row(1, "a"), row(2, "b"), row(3, "a")])
    await _woken(world)
    await world.run()
    assert world.bus.waves == [["e-1", "e-2"], ["e-3"], []]
    assert world.bus.published[0] == ("events.x", b"{}", "e-1")
    assert world.table.sent == [[1, 2], [3]]
    assert world.locked == ["outbox relay"]
    assert world.bus.streams.keys() == {"EVENTS", "DEADLETTERS"}
    assert world.table.values("WHERE sent IS NULL")[0] == (200,)
    assert 2 in world.bus.timeouts  # seconds, for an acknowledgement


async def test_of_a_wave_only_what_was_acknowledged_is_marked_and_the_next_one_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, [row(1, "a"), row(2, "b"), row(3, "a")], [row(2, "b"), row(3, "a")])
    await _woken(world)
    world.bus.fails["e-2"] = nats.errors.TimeoutError()
    monkeypatch.setattr(outbox, "Backoff", lambda: Heal(world))
    await world.run()
    assert world.table.sent == [[1], [2, 3]]
    assert world.locked == ["outbox relay"] * 2


class Heal:
    """A pause in which the bus comes back."""

    def __init__(self, world: World) -> None:
        self.world, self.resets = world, 0

    def next(self) -> float:
        self.world.bus.fails.clear()
        return 0.5

    def reset(self) -> None:
        self.resets += 1


@pytest.mark.parametrize("error", [AWAY, OSError("refused"), RuntimeError("a bug")])
async def test_whatever_goes_wrong_is_tried_again_after_a_pause(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    world = World(monkeypatch, error, [], error)
    await _woken(world)
    pauses = Heal(world)
    monkeypatch.setattr(outbox, "Backoff", lambda: pauses)
    await world.run()
    assert world.locked == ["outbox relay"] * 3
    assert (world.rests, pauses.resets) == ([0.5, 0.5], 1)


async def test_a_full_batch_is_followed_at_once_by_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    full = [row(1), row(2)]
    world = World(monkeypatch, full, full, [row(3)], [], batch=2, poll=7.0)
    await _woken(world)
    await world.run()
    assert world.now == 14.0  # rested after the third and the fourth look
    assert world.table.values("WHERE sent IS NULL")[0] == (2,)


async def test_what_was_sent_long_ago_is_forgotten_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, *([] for _ in range(8)), keep=50.0, clean_every=3.0, poll=1.0)
    await _woken(world)
    await world.run()
    assert world.table.values("DELETE FROM outbox") == [(50.0,)] * 3  # at 0, 3 and 6 seconds


async def test_a_rest_ends_with_the_poll_or_soon_after_it_is_woken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, poll=0.01, gather=0.25)
    await world.relay._rest()
    assert world.rests == []
    world.relay.wake()
    await world.relay._rest()
    assert world.rests == [0.25]  # what follows it goes with it


async def test_who_was_woken_before_it_looked_is_not_woken_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(monkeypatch, [], [], poll=0.01)
    world.relay.wake()
    await world.run()
    assert world.rests == []


async def test_it_watches_while_it_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    world, began = World(monkeypatch), list[str]()

    async def watch() -> None:
        began.append("watch")

    async def send() -> None:
        began.append("send")

    monkeypatch.setattr(world.relay._watch, "run", watch)
    monkeypatch.setattr(world.relay, "_send_all", send)
    await world.relay.run()
    assert sorted(began) == ["send", "watch"]


async def test_events_are_kept_for_a_week_and_dead_letters_until_a_person_has_seen_them() -> None:
    bus: Any = Bus()
    await outbox.ensure_event_streams(bus)
    found = {
        name: (config.subjects, config.max_age, config.duplicate_window)
        for name, config in bus.streams.items()
    }
    assert found == {
        "EVENTS": (["events.>"], 7 * DAY, 600.0),
        "DEADLETTERS": (["deadletters.>"], 0.0, 600.0),
    }


async def test_dead_letters_of_an_earlier_version_expire_no_more() -> None:
    bus: Any = Bus()
    bus.streams["DEADLETTERS"] = StreamConfig("DEADLETTERS", max_age=7 * DAY, max_bytes=17)
    bus.streams["EVENTS"] = StreamConfig("EVENTS", max_age=1 * DAY)
    await outbox.ensure_event_streams(bus)
    dead = bus.streams["DEADLETTERS"]
    assert (dead.max_age, dead.max_bytes) == (0.0, 17)
    assert bus.streams["EVENTS"].max_age == DAY  # an operator's own limit


async def test_what_an_operator_set_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    bus: Any = Bus()
    bus.streams["DEADLETTERS"] = StreamConfig("DEADLETTERS", max_age=0.0)

    async def update(_: StreamConfig) -> None:
        raise AssertionError("there is nothing to change")

    monkeypatch.setattr(bus, "update_stream", update)
    await outbox.ensure_event_streams(bus)


async def test_an_event_is_sent_in_the_trace_of_its_writer() -> None:
    """However long its row has waited, and whichever process sends it."""
    sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    carried: dict[str, str] = {}

    class JetStream:
        async def publish(self, _subject: str, _body: bytes, headers: dict[str, str]) -> None:
            carried.update(headers)

    recorded.take(MOST_KEPT)
    with within("confirm", "internal", {}, read(sent)) as opened:
        event_id, _, subject, body = outbox.values(EVENT, "e-1", 0.0)
    assert opened is not None
    stream: Any = JetStream()
    await outbox.publish(stream, subject, event_id, body)
    confirm, published = recorded.take(MOST_KEPT)
    assert (published["trace"], published["parent"]) == (sent[3:35], confirm["span"])
    assert carried["traceparent"] == f"00-{sent[3:35]}-{published['span']}-01"
    assert Envelope.from_dict(orjson.loads(body)).id == "e-1"


async def test_an_event_of_no_trace_is_sent_as_ever() -> None:
    carried: dict[str, str] = {}

    class JetStream:
        async def publish(self, _subject: str, _body: bytes, headers: dict[str, str]) -> None:
            carried.update(headers)

    event_id, _, subject, body = outbox.values(EVENT, "e-1", 0.0)
    stream: Any = JetStream()
    await outbox.publish(stream, subject, event_id, body)
    assert carried == {"Nats-Msg-Id": "e-1"} and "traceparent" not in body
