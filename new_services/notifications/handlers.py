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
from new_services.notifications.domain import Mail


def _mailing(write: Callable[[Any], Mail], wake: Callable[[], None]) -> Handler:
    async def handle(connection: asyncpg.Connection, event: Any, envelope: Envelope) -> None:
        await repository.add(connection, envelope.id, write(event))
        wake()

    return handle


def _joining(handle: Handler, wake: Callable[[], None]) -> Handler:
    async def joined(connection: asyncpg.Connection, event: Any, envelope: Envelope) -> None:
        await handle(connection, event, envelope)
        payment_id = event.saga_id if isinstance(event, OrderPlaced) else event.payment_id
        await _refund_mail(connection, payment_id)
        wake()

    return joined


async def _refund_mail(connection: asyncpg.Connection, payment_id: str) -> None:
    """To be sent once both sides have been heard; the database knows the second one again."""
    for row in await repository.refund(connection, payment_id):
        await repository.add(connection, f"{payment_id}:refund", domain.refunded(row))


async def _placed(connection: asyncpg.Connection, event: OrderPlaced, envelope: Envelope) -> None:
    await repository.add(connection, envelope.id, domain.placed(event))
    await repository.payer(connection, event)


async def _captured(
    connection: asyncpg.Connection, event: PaymentCaptured, _envelope: Envelope
) -> None:
    await repository.captured(connection, event.payment_id, event.amount)


async def _refunded(
    connection: asyncpg.Connection, event: PaymentRefunded, _envelope: Envelope
) -> None:
    await repository.refunded(connection, event.payment_id, event.amount)


def handlers(wake: Callable[[], None]) -> Handlers:
    """What is done with which event; `wake` tells the sender to look."""
    return {
        OrderPlaced: _joining(_placed, wake),
        OrderCancelled: _mailing(domain.cancelled, wake),
        OrderRefused: _mailing(domain.refused, wake),
        CancellationRefused: _mailing(domain.not_cancelled, wake),
        PaymentCaptured: _captured,
        PaymentRefunded: _joining(_refunded, wake),
    }
