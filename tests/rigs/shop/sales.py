"""A shop's orders, sent in pieces by the feed and by events, and the sales figures of them."""

from dataclasses import dataclass
from typing import Any

import asyncpg

from chassis.events.inbox import Together
from contracts.events.envelope import wrap
from contracts.events.orders import Line, OrderCancelled, OrderPlaced
from contracts.feed.facts import Cleared, Fact, Stored
from new_services.sales import projections, repository, views
from new_services.sales.domain import Period, Row, day
from new_services.sales.handlers import HANDLERS

EVER = Period(day("2026-01-01"), day("2026-12-31"))
PRICES = {"TENT-0": "100.00", "MUG-0": "9.90", "MUG-1": "12.5"}
SHELF: dict[str, tuple[int, str]] = {
    "TENT-0": (1, "tents"),
    "MUG-0": (2, "mugs"),
    "MUG-1": (2, "mugs"),
}


@dataclass
class Order:
    number: int
    lines: list[tuple[str, int]]
    day: str = "2026-03-01"
    status: str = "PAID"

    @property
    def order_no(self) -> str:
        return f"SO-{self.number}"


class World:
    """A shop's history, published in pieces. Moments are whole seconds since 1970."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool
        self.lsn = 1000
        self.events = 0

    async def apply(self, *facts: Fact) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            await projections.apply(connection, facts)

    async def snapshot(self, *facts: Fact) -> None:
        """The goods and whatever else there is, and the end of everything."""
        goods: list[Fact] = [
            Stored(
                "category", "tents", {"name": "Tents", "parent_code": None, "position": 1}, (1, 0)
            ),
            Stored("product", 1, {"category_code": "tents"}, (1, 0)),
            Stored("product", 2, {"category_code": "mugs"}, (1, 0)),
        ]
        for number, (sku, (product, _)) in enumerate(SHELF.items()):
            goods.append(Stored("variant", number, {"sku": sku, "product_id": product}, (1, 0)))
        ends = [Cleared(entity, (1, 0)) for entity in projections.ENTITIES]
        await self.apply(*goods, *facts, *ends)

    async def reach(self, moment: int) -> None:
        """The feed has published everything up to this moment."""
        await self.pool.execute(
            "INSERT INTO reader_position (name, stream, sequence, watermark)"
            " VALUES ('legacy feed', 's', 1, $1) ON CONFLICT (name) DO UPDATE SET watermark = $1",
            moment * 1_000_000,
        )

    async def event(self, event: Any, moment: int) -> None:
        await self.events_at(moment, event)

    async def events_at(self, moment: int, *events: Any) -> None:
        """They have arrived together."""
        several = []
        for event in events:
            self.events += 1
            several.append((event, wrap(event, f"e{self.events}", moment)))
        handler = HANDLERS[type(events[0])]
        async with self.pool.acquire() as connection, connection.transaction():
            assert isinstance(handler, Together)
            await handler.handle(connection, several)

    async def rows(self, span: Period = EVER) -> dict[str, Row]:
        return {row.code: row for row in await views.report(self.pool, span)}

    async def consistent(self) -> None:
        """The sums are those of the rows."""
        kept = "SELECT * FROM daily WHERE sold > 0 OR returned > 0 ORDER BY day, code"
        anew = f"SELECT * FROM ({repository.EVERYTHING}) AS made ORDER BY day, code"
        assert [tuple(row) for row in await self.pool.fetch(kept)] == [
            tuple(row) for row in await self.pool.fetch(anew)
        ]


def fed(order: Order, lsn: int) -> list[Fact]:
    """As legacy writes it, in one transaction."""
    head = {"id": order.number, "order_no": order.order_no, "status": order.status}
    facts: list[Fact] = [
        Stored("order", order.number, {**head, "created": f"{order.day} 18:00:00"}, (lsn, 1))
    ]
    for place, (sku, pieces) in enumerate(order.lines, 1):
        fields = {"id": order.number * 10 + place, "order_id": order.number, "sku": sku}
        fields |= {"quantity": pieces, "price": PRICES[sku]}
        facts.append(Stored("line", order.number * 10 + place, fields, (lsn, 1 + place)))
    return facts


def updated(order: Order, lsn: int) -> Fact:
    return fed(order, lsn)[0]


def lines(order: Order) -> list[Line]:
    return [Line(sku, sku, pieces, PRICES[sku]) for sku, pieces in order.lines]


def placed(order: Order) -> OrderPlaced:
    created = f"{order.day} 18:00:00"
    return OrderPlaced(
        order.order_no, "saga", "a@example.com", "A", "1.00", "card", created, lines(order)
    )


def cancelled(order: Order) -> OrderCancelled:
    return OrderCancelled(order.order_no, "a@example.com", "A", "1.00", "1.00", lines(order))


TENTS = Order(1, [("TENT-0", 2), ("MUG-0", 1)])
