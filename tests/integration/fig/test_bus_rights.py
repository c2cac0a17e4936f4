"""Each process may say its own, and no more, on a server as the stack configures it."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import nats
import pytest
from nats.js.api import ConsumerConfig, DeliverPolicy, KeyValueConfig

from chassis.events.bus import ensure_bucket
from chassis.events.outbox import ensure_event_streams
from chassis.registry import announcing as registry
from chassis.registry.discovery import Registration
from fig.stack.engines import nats as server
from fig.stack.engines.bus_rights import OPERATOR, PROCESSES
from new_services.feed.reading.bookmark import BUCKET

pytestmark = pytest.mark.integration


@pytest.fixture
def bus(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[str]:
    """Where it listens."""
    listen, monitor = (f"127.0.0.1:{free_port()}" for _ in range(2))
    users = {name: f"secret-{name}" for name in PROCESSES}
    text = server.configuration(listen, monitor, str(tmp_path / "store"), "secret", users)
    path = tmp_path / "nats.conf"
    path.write_text(text)
    program = Path(sys.executable).parent / "nats-server"
    process = subprocess.Popen([program, "-c", path], stderr=(tmp_path / "log").open("wb"))
    deadline = time.monotonic() + 20
    while not _answers(monitor):
        assert time.monotonic() < deadline, (tmp_path / "log").read_text()
        time.sleep(0.02)
    yield listen
    process.kill()
    process.wait(10)


def _answers(monitor: str) -> bool:
    try:
        return bool(httpx2.get(f"http://{monitor}/healthz", timeout=1).status_code == 200)
    except httpx2.HTTPError:
        return False


class As:
    """Connections by user, and what the server refused them."""

    def __init__(self, listen: str) -> None:
        self._listen = listen
        self.refused: list[str] = []
        self._open: list[Any] = []

    async def user(self, name: str) -> Any:
        async def heard(error: Exception) -> None:
            self.refused.append(str(error).lower())

        secret = "secret" if name == OPERATOR else f"secret-{name}"
        client = await nats.connect(
            f"nats://{name}:{secret}@{self._listen}", error_cb=heard, max_reconnect_attempts=50,
            reconnect_time_wait=0.1,
        )  # fmt: skip
        self._open.append(client)
        return client

    async def close(self) -> None:
        for client in self._open:
            await client.close()


@pytest.fixture
async def as_(bus: str) -> AsyncIterator[As]:
    made = As(bus)
    yield made
    await made.close()


async def test_a_service_publishes_its_own_events_and_no_others(as_: As) -> None:
    orders = await as_.user("orders")
    await ensure_event_streams(orders)
    await orders.jetstream().publish("events.orders.order-placed", b"{}")
    for subject in ("events.payments.payment-captured", "legacy.orders", "deadletters.sales"):
        with pytest.raises((nats.errors.Error, asyncio.TimeoutError)):
            await orders.jetstream(timeout=0.3).publish(subject, b"{}")
    await orders.flush()
    assert len([line for line in as_.refused if "permissions violation" in line]) == 3


async def test_a_reader_reads_its_streams_and_deletes_none(as_: As) -> None:
    orders = await as_.user("orders")
    await ensure_event_streams(orders)
    await orders.jetstream().publish("events.orders.order-placed", b"sent")
    mails = await as_.user("notifications")
    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, filter_subjects=["events.orders.>"])
    info = await mails.jetstream().add_consumer("EVENTS", config)
    ask = f"$JS.API.CONSUMER.MSG.NEXT.EVENTS.{info.name}"
    found = await mails.request(ask, b"1", timeout=5, old_style=True)
    assert found.data == b"sent"
    await mails.jetstream().publish("deadletters.notifications", b"{}")
    with pytest.raises((nats.errors.Error, asyncio.TimeoutError)):
        await mails.jetstream(timeout=0.3).delete_stream("EVENTS")


@pytest.mark.parametrize("name", PROCESSES)
async def test_everybody_announces_and_reads_the_registry(as_: As, name: str) -> None:
    client = await as_.user(name)
    entry = Registration(name, "http://127.0.0.1:1", "abc", "2026-01-01T00:00:00Z")
    bucket = await registry.open_registry(client)
    await bucket.put(entry.key, b"{}")
    assert await registry.entries(client) == {entry.key: b"{}"}
    await bucket.delete(entry.key)
    assert as_.refused == []


async def test_the_feed_keeps_its_bookmark(as_: As) -> None:
    bucket = await ensure_bucket((await as_.user("feed")).jetstream(), KeyValueConfig(BUCKET))
    await bucket.put("jobs", b"1")
    assert (await bucket.get("jobs")).value == b"1"
    assert as_.refused == []


async def test_the_password_of_another_service_is_refused(bus: str) -> None:
    with pytest.raises(nats.errors.Error):
        await nats.connect(f"nats://orders:secret-sales@{bus}", allow_reconnect=False)
