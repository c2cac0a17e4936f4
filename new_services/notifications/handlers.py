"""An event becomes a mail to be sent: which one, is the table at the foot.

Of a refund payments says how much, and orders says whose it is. Either event may come first; the
one that comes second makes the mail.
"""

from collections.abc import Callable
from typing import Any

import asyncpg

from chassis.events.inbox import Handler, Handlers
from contracts.events.envelope import Envelope
from contracts.events.orders import (
    CancellationRefused,
    OrderCancelled,
    OrderPlaced,
    OrderRefused,
)
from contracts.events.payments import PaymentCaptured, PaymentRefunded
from new_services.notifications import domain, repository
from new_services.notifications.domain import Mail, Refund


def _mailing(write: Callable[[Any], Mail], wake: Callable[[], None]) -> Handler:
    async def handle(connection: asyncpg.Connection, event: Any, envelope: Envelope) -> None:
        await repository.add(connection, envelope.id, write(event))
        wake()

    return handle


def _waking(handle: Handler, wake: Callable[[], None]) -> Handler:
    async def handled(connection: asyncpg.Connection, event: Any, envelope: Envelope) -> None:
        await handle(connection, event, envelope)
        wake()

    return handled


async def _refund_mail(connection: asyncpg.Connection, payment_id: str, row: Refund) -> None:
    """To be sent once both events have arrived; a mail is stored once."""
    await repository.add(connection, f"{payment_id}:refund", domain.refunded(row))


async def _placed(connection: asyncpg.Connection, event: OrderPlaced, envelope: Envelope) -> None:
    mail = domain.placed(event)
    row = await repository.placed(connection, envelope.id, mail, event)
    if row is not None:
        await _refund_mail(connection, event.saga_id, row)


async def _captured(
    connection: asyncpg.Connection, event: PaymentCaptured, _envelope: Envelope
) -> None:
    await repository.captured(connection, event.payment_id, event.amount)


async def _refunded(
    connection: asyncpg.Connection, event: PaymentRefunded, _envelope: Envelope
) -> None:
    await repository.refunded(connection, event.payment_id, event.amount)
    for row in await repository.refund(connection, event.payment_id):
        await _refund_mail(connection, event.payment_id, row)


def handlers(wake: Callable[[], None]) -> Handlers:
    """What is done with which event; `wake` makes the sender look."""
    return {
        OrderPlaced: _waking(_placed, wake),
        OrderCancelled: _mailing(domain.cancelled, wake),
        OrderRefused: _mailing(domain.refused, wake),
        CancellationRefused: _mailing(domain.not_cancelled, wake),
        PaymentCaptured: _captured,
        PaymentRefunded: _waking(_refunded, wake),
    }
