"""The orders service's own events: an order counts as soon as its event arrives, and once.

Most often the feed has sent the order before, or does so within milliseconds; then the event says
nothing new. Behind a closed window the owners of orders, goods and customers publish what the feed
sent until then. The table at the foot has a handler for each event.
"""

from collections.abc import Sequence
from datetime import date, datetime

import asyncpg
import orjson

from chassis.events.inbox import Handlers, Several, Together
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


async def orders(connection: asyncpg.Connection, several: Several) -> None:
    """What the orders service says of some orders, in the open transaction."""
    await repository.lock(connection)
    if not await repository.orders_are_closed(connection):
        reported = (_reported(event, envelope) for event, envelope in several)
        await take(connection, [each for each in reported if each is not None])
    changed = [event for event, _ in several if isinstance(event, OrderChanged)]
    if changed:
        await projections.apply(connection, await _facts(connection, changed))


def _reported(event: object, envelope: Envelope) -> ReportedOrder | None:
    """What a saga says: that an order stands, or that it is cancelled."""
    at = _micros(envelope)
    if isinstance(event, OrderPlaced):
        day = date.fromisoformat(event.created[:10])
        return ReportedOrder(event.order_no, at, day, False, _lines(event.lines))
    if isinstance(event, OrderCancelled):
        return ReportedOrder(event.order_no, at, None, True, _lines(event.lines))
    return None


async def take(connection: asyncpg.Connection, reported: Sequence[ReportedOrder]) -> None:
    """Count them, unless the feed has sent all of it already. The figures are locked."""
    watermark = await repository.watermark(connection)
    ahead = [each for each in reported if each.at >= watermark]
    if not ahead:
        return
    # Before the first snapshot is whole they are counted with everything else.
    counted = await mirror.complete(connection, ENTITIES)
    numbers = [each.order_no for each in ahead]
    touched = await repository.orders(connection, (), numbers)
    if counted:
        await repository.take(connection, touched)
    for each in ahead:
        await repository.keep(connection, each)
    if counted:
        await repository.put(connection, touched)


def _lines(lines: Sequence[Line]) -> str:
    rows = ({"sku": one.sku, "quantity": one.quantity, "price": one.price} for one in lines)
    return orjson.dumps(list(rows)).decode()


def _micros(envelope: Envelope) -> int:
    return round(datetime.fromisoformat(envelope.occurred).timestamp() * 1_000_000)


async def _facts(connection: asyncpg.Connection, changed: Sequence[OrderChanged]) -> Sequence[Fact]:
    """The orders as their service has them now. Lines never change: those that are here stay."""
    known = await repository.count_lines(connection, [event.number for event in changed])
    other = [e.number for e in changed if known.get(e.number, 0) not in (0, len(e.lines))]
    if other:
        await repository.forget_lines(connection, other)
    facts: list[Fact] = []
    for event in changed:
        version = event.lsn, event.seq
        fields = {name: getattr(event, name) for name in ("order_no", "status", "created")}
        head = {**fields, "id": event.number, "customer_id": event.customer}
        facts.append(Stored(ORDER, event.number, head, version))
        if known.get(event.number) != len(event.lines):
            known[event.number] = len(event.lines)
            facts += [_line(event.number, line, version) for line in event.lines]
    return facts


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


ORDERS = Together(orders)
HANDLERS: Handlers = {
    OrderPlaced: ORDERS,
    OrderCancelled: ORDERS,
    OrderChanged: ORDERS,
    CustomerChanged: customer,
    ProductChanged: product,
    AccountsClosed: closed,
    GoodsClosed: closed,
    OrdersClosed: closed,
}
