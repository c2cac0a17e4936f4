"""An event becomes one mail, also when the mail server is away for a while."""

import asyncio
import email
import time
from collections.abc import Callable
from typing import Any

import asyncpg
import orjson
import pytest
from aiosmtpd.controller import Controller

from chassis.events import bus, outbox
from contracts import events
from contracts.events_orders import OrderPlaced
from migrations import runner

pytestmark = pytest.mark.integration


class Box:
    """A mail server that keeps what it is sent."""

    def __init__(self) -> None:
        self.mails: list[str] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        self.mails.append(envelope.content.decode())
        return "250 OK"


def _body(mail: str) -> str:
    payload = email.message_from_string(mail).get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


async def _until(check: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


def _told(event_id: str, version: int) -> events.Envelope:
    """As a publisher of that time put it into the stream."""
    kind, occurred = OrderPlaced, "2026-06-30T16:00:00.000000+00:00"
    example = kind.EXAMPLES[version]
    return events.Envelope(
        event_id, kind.OWNER, kind.TYPE, version, example["order_no"], occurred, example
    )


async def test_a_mail_for_each_order_whichever_version_told_it(
    make_database: Callable[[str], str],
    nats_server: Any,
    make_process: Callable[..., Any],
    free_port: Callable[[], int],
) -> None:
    url, port, box = make_database("notifications"), free_port(), Box()
    await asyncio.to_thread(runner.upgrade, "notifications", url)
    process = make_process(
        "new_services.notifications",
        "NOTIFICATIONS",
        NOTIFICATIONS_DATABASE_URL=url,
        NOTIFICATIONS_NATS_URL=nats_server.url,
        NOTIFICATIONS_SMTP=f"127.0.0.1:{port}",
    ).start()
    nats = await bus.connect(nats_server.url, "test")
    await outbox.ensure_event_streams(nats)
    for number in range(3):
        envelope = _told(f"SO-{number}:placed", version=1 if number == 0 else 2)
        await nats.jetstream().publish(envelope.subject, orjson.dumps(envelope.to_dict()))
    await asyncio.to_thread(process.wait_until_ready)
    connection = await asyncpg.connect(url)
    for _ in range(600):
        if await connection.fetchval("SELECT count(*) FROM mail WHERE attempts > 0") == 3:
            break
        await asyncio.sleep(0.05)

    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        await _until(lambda: len(box.mails) == 3)
        for _ in range(100):
            if await connection.fetchval("SELECT count(*) FROM mail WHERE sent IS NULL") == 0:
                break
            await asyncio.sleep(0.05)
        assert await connection.fetchval("SELECT count(*) FROM mail WHERE sent IS NULL") == 0
    finally:
        server.stop()
        await connection.close()
        await nats.close()
    assert sum("It goes to:" in mail for mail in map(_body, box.mails)) == 2, "since version 2"
    ids = sorted(line for mail in box.mails for line in mail.split("\r\n") if "Message-ID" in line)
    assert ids == [f"Message-ID: <SO-{n}.placed@shop.invalid>" for n in range(3)]
    assert all("To: anna.huber@example.com" in mail for mail in box.mails)
