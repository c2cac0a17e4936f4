"""Sends what is due by SMTP; what failed is due again later, for as long as it takes."""

import asyncio
import logging
import smtplib
from collections.abc import Sequence
from email.message import EmailMessage

import asyncpg
from prometheus_client import CollectorRegistry, Gauge

from chassis.backoff import Backoff
from chassis.database import DatabaseAway
from chassis.exclusive import exclusive
from new_services.notifications import repository

log = logging.getLogger("notifications.sender")

POLL_SECONDS = 0.5
GATHER_SECONDS = 0.25  # nobody waits for a mail: those of some orders go over one connection
MOST_PAUSE = 60.0
SMTP_SECONDS = 5.0


class Sender:
    """One instance at a time sends, over one connection for each batch."""

    def __init__(
        self, database_url: str, smtp: tuple[str, int], sender: str, metrics: CollectorRegistry
    ) -> None:
        self._database_url = database_url
        self._smtp = smtp
        self._from = sender
        self._wake = asyncio.Event()
        self._pending = Gauge("mails_pending", "Mails not yet sent", registry=metrics)
        self._oldest = Gauge("mails_oldest_seconds", "Age of the oldest", registry=metrics)

    def wake(self) -> None:
        """There is a new one; it is there once the transaction has ended."""
        self._wake.set()

    async def run(self) -> None:
        """For ever."""
        backoff = Backoff()
        while True:
            try:
                async with exclusive(self._database_url, "mail sender") as connection:
                    await self._pump(connection, backoff)
            except DatabaseAway as error:
                log.warning("not sending: %s", f"{type(error).__name__}: {error}")
            await asyncio.sleep(backoff.next())

    async def _pump(self, connection: asyncpg.Connection, backoff: Backoff) -> None:
        while True:
            self._wake.clear()
            rows = await repository.due(connection)
            if rows:
                await self._send(connection, rows)
            pending, age = await repository.pending(connection)
            self._pending.set(pending)
            self._oldest.set(age)
            backoff.reset()
            if not rows:
                await self._rest()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            return
        await asyncio.sleep(GATHER_SECONDS)

    async def _send(self, connection: asyncpg.Connection, rows: Sequence[asyncpg.Record]) -> None:
        messages = [self._message(row) for row in rows]
        errors = await asyncio.to_thread(_deliver, self._smtp, messages)
        for row, error in zip(rows, errors, strict=True):
            if error is None:
                await repository.sent(connection, row["id"])
            else:
                pause = min(MOST_PAUSE, 0.5 * 2.0 ** min(row["attempts"], 10))
                await repository.failed(connection, row["id"], error, pause)

    def _message(self, row: asyncpg.Record) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._from
        message["To"] = row["recipient"]
        message["Subject"] = row["subject"]
        message["Message-ID"] = f"<{row['event_id'].replace(':', '.')}@shop.invalid>"
        message.set_content(row["body"])
        return message


def _deliver(smtp: tuple[str, int], messages: Sequence[EmailMessage]) -> list[str | None]:
    """Blocking; for each message what went wrong, or None."""
    errors: list[str | None] = []
    try:
        with smtplib.SMTP(*smtp, timeout=SMTP_SECONDS) as server:
            for message in messages:
                errors.append(_one(server, message))
    except (OSError, smtplib.SMTPException) as error:
        rest = len(messages) - len(errors)
        errors += [f"{type(error).__name__}: {error}"] * rest
    return errors


def _one(server: smtplib.SMTP, message: EmailMessage) -> str | None:
    try:
        server.send_message(message)
    except smtplib.SMTPServerDisconnected:
        raise
    except (smtplib.SMTPException, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return None
