"""The orders service's own events: an order counts as soon as it is told, and once.

Most often the feed has told the order before, or does so within milliseconds; then the event says
nothing new. Behind a closed window the owners of orders, goods and customers publish what the feed
told until then. Which event is handled how, is the table at the foot.
"""

from collections.abc import Sequence
from datetime import date, datetime

import asyncpg
import orjson

from chassis.events.inbox import Handlers
from chassis.ownership.closed.followed import closed
from chassis.readmodel import mirror
from contracts.events.envelope import Envelope
from contracts.events.orders import Line, OrderCancelled, OrderPlaced
from contracts.events.owned import (
    AccountsClosed,
    CustomerChanged,
    GoodsClosed,
    OrderChanged,
    OrdersClosed,
    ProductChanged,
    SoldLine,
)
from contracts.feed.entities import CUSTOMER, LINE, ORDER, PRODUCT
from contracts.feed.facts import Fact, Stored
from new_services.sales import projections, repository
from new_services.sales.domain import ReportedOrder
from new_services.sales.projections import ENTITIES

MOST_LINES = 1000  # of an order


async def placed(connection: asyncpg.Connection, event: OrderPlaced, envelope: Envelope) -> None:
    """It stands in legacy."""
    ordered = date.fromisoformat(event.created[:10])
    order = ReportedOrder(event.order_no, _micros(envelope), ordered, False, _lines(event.lines))
    await tell(connection, order)


async def cancelled(
    connection: asyncpg.Connection, event: OrderCancelled, envelope: Envelope
) -> None:
    """It is cancelled in legacy."""
    order = ReportedOrder(event.order_no, _micros(envelope), None, True, _lines(event.lines))
    await tell(connection, order)


async def tell(connection: asyncpg.Connection, order: ReportedOrder) -> None:
    """Take it over, in the open transaction, unless the feed has told it all already, or the owner
    publishes it whole."""
    await repository.lock(connection)
    if await repository.orders_are_closed(connection):
        return
    if order.at < await repository.watermark(connection):
        return
    if not await mirror.complete(connection, ENTITIES):
        await repository.tell(connection, order)  # counted with everything else
        return
    touched = await repository.orders(connection, (), [order.order_no])
    await repository.take(connection, touched)
    await repository.tell(connection, order)
    await repository.put(connection, touched)


def _lines(lines: Sequence[Line]) -> str:
    rows = ({"sku": one.sku, "quantity": one.quantity, "price": one.price} for one in lines)
    return orjson.dumps(list(rows)).decode()


def _micros(envelope: Envelope) -> int:
    return round(datetime.fromisoformat(envelope.occurred).timestamp() * 1_000_000)


async def order(connection: asyncpg.Connection, event: OrderChanged, _: Envelope) -> None:
    """As the orders service has it now. Its lines never change: those that are here stay."""
    version = event.lsn, event.seq
    fields = {name: getattr(event, name) for name in ("order_no", "status", "created")}
    head = {**fields, "id": event.number, "customer_id": event.customer}
    facts: list[Fact] = [Stored(ORDER, event.number, head, version)]
    await repository.lock(connection)
    if await repository.count_lines(connection, event.number) != len(event.lines):
        await repository.forget_lines(connection, event.number)
        facts += [_line(event.number, line, version) for line in event.lines]
    await projections.apply(connection, facts)


def _line(number: int, line: SoldLine, version: tuple[int, int]) -> Stored:
    """Under a number that legacy never gave."""
    fields = {
        "order_id": number, "line_no": line.line_no, "sku": line.sku, "name": line.name,
        "quantity": line.quantity, "price": line.price,
    }  # fmt: skip
    return Stored(LINE, -(number * MOST_LINES + line.line_no), fields, version)


async def customer(connection: asyncpg.Connection, event: CustomerChanged, _: Envelope) -> None:
    """Whose orders the single lines name."""
    await _copied(
        connection,
        Stored(CUSTOMER, event.number, {"email": event.email}, (event.lsn, event.seq)),
    )


async def product(connection: asyncpg.Connection, event: ProductChanged, _: Envelope) -> None:
    """In which category it counts."""
    fields = {"category_code": event.category_code}
    await _copied(connection, Stored(PRODUCT, event.number, fields, (event.lsn, event.seq)))


async def _copied(connection: asyncpg.Connection, fact: Stored) -> None:
    if not await mirror.same(connection, fact):
        await projections.apply(connection, [fact])


HANDLERS: Handlers = {
    OrderPlaced: placed,
    OrderCancelled: cancelled,
    OrderChanged: order,
    CustomerChanged: customer,
    ProductChanged: product,
    AccountsClosed: closed,
    GoodsClosed: closed,
    OrdersClosed: closed,
}
