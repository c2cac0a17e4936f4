"""The orders service's own events: an order counts as soon as it is told, and once.

Most often the feed has told the order before, or does so within milliseconds; then the event says
nothing new. Which event is handled how, is the table at the foot.
"""

from collections.abc import Sequence
from datetime import date, datetime

import asyncpg
import orjson

from chassis.events.inbox import Handlers
from chassis.readmodel import mirror
from contracts.events import Envelope
from contracts.events_orders import Line, OrderCancelled, OrderPlaced
from new_services.sales import repository
from new_services.sales.domain import ReportedOrder
from new_services.sales.projections import ENTITIES


async def placed(connection: asyncpg.Connection, event: OrderPlaced, envelope: Envelope) -> None:
    """It stands in legacy."""
    ordered = date.fromisoformat(event.created[:10])
    told = ReportedOrder(event.order_no, _micros(envelope), ordered, False, _lines(event.lines))
    await tell(connection, told)


async def cancelled(
    connection: asyncpg.Connection, event: OrderCancelled, envelope: Envelope
) -> None:
    """It is cancelled in legacy."""
    told = ReportedOrder(event.order_no, _micros(envelope), None, True, _lines(event.lines))
    await tell(connection, told)


async def tell(connection: asyncpg.Connection, told: ReportedOrder) -> None:
    """Take it over, in the open transaction, unless the feed has told it all already."""
    await repository.lock(connection)
    if told.at < await repository.watermark(connection):
        return
    if not await mirror.complete(connection, ENTITIES):
        await repository.tell(connection, told)  # counted with everything else
        return
    touched = await repository.orders(connection, (), [told.order_no])
    await repository.take(connection, touched)
    await repository.tell(connection, told)
    await repository.put(connection, touched)


def _lines(lines: Sequence[Line]) -> str:
    rows = ({"sku": one.sku, "quantity": one.quantity, "price": one.price} for one in lines)
    return orjson.dumps(list(rows)).decode()


def _micros(envelope: Envelope) -> int:
    return round(datetime.fromisoformat(envelope.occurred).timestamp() * 1_000_000)


HANDLERS: Handlers = {OrderPlaced: placed, OrderCancelled: cancelled}
