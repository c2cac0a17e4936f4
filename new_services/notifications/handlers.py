"""An event becomes a mail to be sent: which one, is the table at the foot."""

from collections.abc import Callable
from typing import Any

import asyncpg

from chassis.events.inbox import Handler, Handlers
from contracts.events import Envelope
from contracts.events_orders import OrderCancelled, OrderPlaced, OrderRefused
from new_services.notifications import domain, repository
from new_services.notifications.domain import Mail


def _mailing(write: Callable[[Any], Mail], wake: Callable[[], None]) -> Handler:
    async def handle(connection: asyncpg.Connection, event: Any, envelope: Envelope) -> None:
        await repository.add(connection, envelope.id, write(event))
        wake()

    return handle


def handlers(wake: Callable[[], None]) -> Handlers:
    """What is done with which event; `wake` tells the sender to look."""
    return {
        OrderPlaced: _mailing(domain.placed, wake),
        OrderCancelled: _mailing(domain.cancelled, wake),
        OrderRefused: _mailing(domain.refused, wake),
    }
