"""Sends what is due by SMTP; what failed is due again later, for as long as it takes."""

import asyncio
import logging
import smtplib
import time
from collections.abc import Mapping, Sequence
from email.errors import MessageError
from email.mime.text import MIMEText
from email.policy import compat32
from typing import Any

import asyncpg
from prometheus_client import CollectorRegistry, Gauge

from chassis.breaker.circuit import BreakerSettings
from chassis.breaker.guard import Guard, Held
from chassis.database import DatabaseAway
from chassis.process.backoff import Backoff
from chassis.process.exclusive import exclusive
from chassis.process.pace import Pace, came
from chassis.tracing.context import read, within
from chassis.tracing.span import Value
from new_services.notifications import repository

log = logging.getLogger("notifications.sender")

POLL_SECONDS = 0.5
REST_SECONDS = 1.0  # the same while there is nothing to send
MEASURE_SECONDS = 0.5
CALM_SECONDS = 2.0  # the same while nothing waits
GATHER_SECONDS = 0.5  # a mail is not urgent: those of several orders go over one connection
MOST_PAUSE = 60.0
SMTP_SECONDS = 5.0  # of one exchange with the server
BATCH_SECONDS = 30.0  # of all mails that go over one connection
MOST_REFUSALS = 30  # of one mail, by the server itself, in half an hour: then a person looks at it
BREAKER = BreakerSettings(minimum_calls=2, slow_call=BATCH_SECONDS, open_for=10.0, probes=1)


class Sender:
    """One instance at a time sends, over one connection for each batch."""

    def __init__(
        self, database_url: str, smtp: tuple[str, int], sender: str, metrics: CollectorRegistry
    ) -> None:
        self._database_url = database_url
        self._smtp = smtp
        self._from = sender
        self._wake = asyncio.Event()
        self._pace = Pace(POLL_SECONDS, REST_SECONDS)
        self._guard = Guard("the mail server", BREAKER)
        self._parked = Gauge(
            "mails_parked", "Mails refused so often that a person must look", registry=metrics
        )
        self._pending = Gauge("mails_pending", "Mails not yet sent", registry=metrics)
        self._oldest = Gauge("mails_oldest_seconds", "Age of the oldest", registry=metrics)

    @property
    def guard(self) -> Guard:
        """The breaker toward the mail server."""
        return self._guard

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
        loop = asyncio.get_running_loop()
        measure_at = loop.time()
        while True:
            self._wake.clear()
            rows = [] if self._guard.is_open else await repository.due(connection)
            if rows:
                self._pace.worked()
                measure_at = loop.time()
                await self._send(connection, rows)
            if loop.time() >= measure_at:
                pending, age, parked = await repository.pending(connection)
                self._pending.set(pending)
                self._parked.set(parked)
                self._oldest.set(age)
                measure_at = loop.time() + (MEASURE_SECONDS if pending else CALM_SECONDS)
            backoff.reset()
            if not rows:
                await self._rest()

    async def _rest(self) -> None:
        if await came(self._wake, self._pace.pause):
            await asyncio.sleep(GATHER_SECONDS)

    async def _send(self, connection: asyncpg.Connection, rows: Sequence[asyncpg.Record]) -> None:
        """Over one connection. A mail that the server was not asked for has not failed, and stays
        due."""
        until = time.monotonic() + BATCH_SECONDS
        try:
            errors, broken = await self._guard.call(
                lambda: asyncio.to_thread(_deliver, self._smtp, self._from, rows, until),
                lambda outcomes: outcomes[1] is not None,
            )
        except Held:
            return
        if broken is not None:
            log.warning("the mail server is away: %s", broken)
        outcomes = list(zip(rows, errors, strict=False))
        await repository.sent(connection, [row["id"] for row, error in outcomes if error is None])
        for row, error in outcomes:
            if error is not None:
                await repository.failed(connection, row["id"], error, _pause(row["attempts"]))


def _pause(attempts: int) -> float | None:
    """Seconds until a mail is tried again that was refused so often before; None: not by itself."""
    if attempts + 1 >= MOST_REFUSALS:
        return None
    return min(MOST_PAUSE, 0.5 * 2.0 ** min(attempts, 10))


def written(sender: str, row: Mapping[str, Any]) -> bytes:
    """The mail as it goes over the wire. Raises MessageError where a header would break out."""
    # Not EmailMessage: it parses what it is given, and takes five times as long.
    message = MIMEText(row["body"], "plain", "utf-8")
    message["From"] = sender
    message["To"] = row["recipient"]
    message["Subject"] = row["subject"]
    message["Message-ID"] = f"<{row['event_id'].replace(':', '.')}@shop.invalid>"
    return message.as_bytes(policy=compat32.clone(linesep="\r\n"))


def _deliver(
    smtp: tuple[str, int], sender: str, rows: Sequence[Mapping[str, Any]], until: float
) -> tuple[list[str | None], str | None]:
    """Blocking, until a monotonic time. For each mail that the server was asked for, what it said
    against it, or None; and what broke the connection, or None."""
    errors: list[str | None] = []
    try:
        with smtplib.SMTP(*smtp, timeout=SMTP_SECONDS) as server:
            for row in rows:
                if time.monotonic() >= until:
                    break
                errors.append(_one(server, sender, row))
    except (OSError, smtplib.SMTPException) as error:
        return errors, f"{type(error).__name__}: {error}"
    return errors, None


def _one(server: smtplib.SMTP, sender: str, row: Mapping[str, Any]) -> str | None:
    """In the trace of what asked for the mail, however long it has waited."""
    attributes: dict[str, Value] = {"fig.mail": row["id"], "fig.attempt": row["attempts"] + 1}
    try:
        with within("send mail", "client", attributes, read(row["trace"])):
            server.sendmail(sender, [row["recipient"]], written(sender, row))
    except smtplib.SMTPServerDisconnected:
        raise
    except (smtplib.SMTPException, MessageError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return None
