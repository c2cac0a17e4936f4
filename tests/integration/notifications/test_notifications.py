"""An event becomes one mail, also when the mail server is away for a while."""

import asyncio
import email
import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import orjson
import pytest
from aiosmtpd.controller import Controller

from chassis.events import bus, outbox
from contracts.events import envelope as events
from contracts.events.orders import OrderPlaced
from contracts.events.payments import PaymentCaptured, PaymentRefunded
from new_services.notifications.handlers import handlers

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


async def _until(ask: Callable[[], Awaitable[object]], wanted: object) -> None:
    deadline = time.monotonic() + 60.0
    while (found := await ask()) != wanted:
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.05)


def _said(process: Any, words: str) -> Callable[[], Awaitable[bool]]:
    """Asks whether they stand in its log."""

    async def ask() -> bool:
        return words in process.log.read_text()

    return ask


def _event(event_id: str, version: int) -> events.Envelope:
    """As a publisher of that time put it into the stream."""
    kind, occurred = OrderPlaced, "2026-06-30T16:00:00.000000+00:00"
    example = kind.EXAMPLES[version]
    return events.Envelope(
        event_id, kind.OWNER, kind.TYPE, version, example["order_no"], occurred, example
    )


async def _tell(connection: Any, kind: Any, example: Any) -> None:
    at = "2026-06-30T16:00:00.000000+00:00"
    key = example.get("order_no", example.get("payment_id"))
    envelope = events.Envelope(
        f"{key}:{kind.TYPE}", kind.OWNER, kind.TYPE, kind.VERSION, key, at, example
    )
    await handlers(lambda: None)[kind](connection, events.read(kind, envelope), envelope)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_a_refund_is_one_mail_to_the_payer_whichever_event_comes_first(
    take_database: Callable[[str], str], order: tuple[int, ...]
) -> None:
    url = take_database("notifications")
    kinds = (OrderPlaced, PaymentCaptured, PaymentRefunded)
    connection = await asyncpg.connect(url)
    try:
        for at in (*order, *order):
            await _tell(connection, kinds[at], kinds[at].EXAMPLES[kinds[at].VERSION])
        nobodys = {"payment_id": "nobody's", "amount": "5.00", "method": "card"}
        await _tell(connection, PaymentRefunded, nobodys)
        rows = await connection.fetch("SELECT recipient, subject, body FROM mail ORDER BY subject")
    finally:
        await connection.close()
    assert [row["subject"] for row in rows] == [
        "Your order SO-2026-005001",
        "Your refund for the order SO-2026-005001",
    ]
    assert {row["recipient"] for row in rows} == {"anna.huber@example.com"}
    assert "of 258.00 EUR that you paid" in rows[1]["body"]


async def test_a_mail_for_each_order_whichever_version_its_event_has(
    take_database: Callable[[str], str],
    nats_server: Any,
    make_process: Callable[..., Any],
    free_port: Callable[[], int],
) -> None:
    url, port, box = take_database("notifications"), free_port(), Box()
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
        envelope = _event(f"SO-{number}:placed", version=1 if number == 0 else 2)
        await nats.jetstream().publish(envelope.subject, orjson.dumps(envelope.to_dict()))
    await asyncio.to_thread(process.wait_until_ready)
    connection = await asyncpg.connect(url)

    async def rows(where: str) -> int:
        return int(await connection.fetchval(f"SELECT count(*) FROM mail WHERE {where}"))

    await _until(lambda: rows("sent IS NULL"), 3)
    await _until(_said(process, "the mail server is away"), True)

    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        await _until(lambda: rows("sent IS NOT NULL"), 3)
    finally:
        server.stop()
        await connection.close()
        await nats.close()
    assert sum("It goes to:" in mail for mail in map(_body, box.mails)) == 2, "since version 2"
    ids = sorted(line for mail in box.mails for line in mail.split("\r\n") if "Message-ID" in line)
    assert ids == [f"Message-ID: <SO-{n}.placed@shop.invalid>" for n in range(3)]
    assert all("To: anna.huber@example.com" in mail for mail in box.mails)
