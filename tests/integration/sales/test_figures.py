"""Orders that feed and events both tell, in whichever order and how often: each counts once.

The oracle makes the sums in Python, from what legacy holds and from events it is not past yet.
"""

import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from contracts.events.orders import OrderCancelled, OrderPlaced
from contracts.events.owned import OrderChanged, SoldLine
from contracts.feed.facts import Cleared, Fact, Gone, Stored
from new_services.sales.domain import Period, Row, day
from tests.rigs.shop.sales import (
    PRICES,
    SHELF,
    TENTS,
    Order,
    World,
    cancelled,
    fed,
    placed,
    updated,
)

pytestmark = pytest.mark.integration


@pytest.fixture
async def world(take_database: Callable[[str], str]) -> AsyncIterator[World]:
    pool = await asyncpg.create_pool(take_database("sales"), min_size=1, max_size=3)
    yield World(pool)
    pool.terminate()


async def test_an_order_of_both_sources_counts_once_the_event_first(world: World) -> None:
    await world.snapshot()
    await world.event(placed(TENTS), moment=10)
    first = await world.rows()
    assert first["tents"] == Row("tents", "Tents", 1, 2, Decimal("200.00"), Decimal())
    assert first["mugs"].name == "not listed any more"
    await world.apply(*fed(TENTS, 50))
    assert await world.rows() == first
    await world.reach(11)
    await world.apply(updated(Order(1, TENTS.lines, status="SHIPPED"), 60))
    assert await world.rows() == first
    assert await world.pool.fetchval("SELECT count(*) FROM ahead") == 0
    await world.consistent()


async def test_an_event_that_comes_late_says_nothing_new(world: World) -> None:
    await world.snapshot(*fed(TENTS, 1))
    await world.reach(11)
    before = await world.rows()
    await world.event(placed(TENTS), moment=10)
    await world.event(cancelled(TENTS), moment=10)  # legacy's word of that moment is in already
    assert await world.rows() == before


async def test_a_cancellation_that_the_feed_has_not_published_counts(world: World) -> None:
    await world.snapshot(*fed(TENTS, 1))
    await world.event(cancelled(TENTS), moment=10)
    assert (await world.rows())["tents"].cancelled == Decimal("200.00")
    await world.apply(updated(TENTS, 55))  # an older state of the row does not undo it
    assert (await world.rows())["tents"].orders == 0
    await world.apply(updated(Order(1, TENTS.lines, status="CANCELLED"), 60))
    await world.reach(12)
    await world.apply(*fed(Order(2, [("MUG-0", 1)]), 70))
    row = (await world.rows())["tents"]
    assert (row.orders, row.pieces, str(row.revenue)) == (0, 0, "0")
    await world.consistent()


async def test_events_that_come_together_count_as_one_by_one(world: World) -> None:
    await world.snapshot(*fed(TENTS, 1))
    mugs = Order(2, [("MUG-0", 3)])
    await world.events_at(10, placed(mugs), cancelled(TENTS), placed(mugs))
    rows = await world.rows()
    assert (rows["tents"].orders, rows["mugs"].orders, rows["mugs"].pieces) == (0, 1, 3)
    await world.consistent()


async def test_what_the_owner_publishes_together_counts_as_one_by_one(world: World) -> None:
    """An order that is here with other lines, a new one, and the same once more as cancelled."""
    await world.snapshot(*fed(TENTS, 1))
    await world.pool.execute(
        "INSERT INTO domain_owner (domain, owner, window_open) VALUES ('orders', 'new', false)"
        " ON CONFLICT (domain) DO UPDATE SET owner = 'new', window_open = false"
    )

    def changed(number: int, status: str, seq: int, *pieces: int) -> OrderChanged:
        lines = [SoldLine(n, "MUG-0", "Mug", each, "4.00") for n, each in enumerate(pieces, 1)]
        at = "2026-06-30 18:00:00"
        return OrderChanged(number, f"SO-{number}", 9, status, at, 100, seq, lines)

    several = [
        changed(1, "PAID", 1, 5),
        changed(2, "PAID", 2, 1, 1),
        changed(2, "CANCELLED", 3, 1, 1),
    ]
    await world.events_at(10, *several, changed(3, "PAID", 4, 2))
    rows = await world.rows()
    assert (rows["mugs"].orders, rows["mugs"].pieces) == (2, 7)
    assert "tents" not in rows or rows["tents"].orders == 0
    await world.consistent()


async def test_legacys_word_is_the_last_one(world: World) -> None:
    """An order that an event reported and that legacy does not have at that time."""
    await world.snapshot()
    await world.event(placed(TENTS), moment=10)
    await world.reach(11)
    await world.apply(*fed(Order(2, [("MUG-1", 1)]), 70))
    assert set(await world.rows()) == {"mugs"}
    await world.consistent()


async def test_a_cancellation_before_anything_else_of_the_order(world: World) -> None:
    await world.snapshot()
    await world.event(cancelled(TENTS), moment=10)
    assert await world.rows() == {}
    await world.apply(*fed(TENTS, 50))
    assert (await world.rows())["tents"].cancelled == Decimal("200.00")
    await world.consistent()


async def test_rows_that_go_or_move_take_their_sums_with_them(world: World) -> None:
    await world.snapshot(*fed(TENTS, 1), *fed(Order(2, [("MUG-0", 3)], "2026-04-01"), 1))
    await world.apply(Gone("line", 12, (50, 1)))
    assert (await world.rows())["mugs"].pieces == 3
    await world.apply(Stored("line", 11, {"order_id": 2}, (60, 1)))  # to the order in April
    assert (await world.rows(Period(day("2026-04-01"), day("2026-04-01"))))["tents"].pieces == 2
    await world.apply(Gone("order", 2, (70, 1)))
    assert await world.rows() == {}
    await world.consistent()


async def test_what_was_sold_counts_where_the_article_is_now(world: World) -> None:
    await world.snapshot(*fed(TENTS, 1))
    await world.event(placed(Order(7, [("TENT-0", 1)], "2026-05-01")), moment=10)
    await world.apply(Stored("product", 1, {"category_code": "mugs"}, (50, 1)))
    rows = await world.rows()
    assert set(rows) == {"mugs"} and rows["mugs"].pieces == 4 and rows["mugs"].orders == 2
    await world.apply(Gone("variant", 0, (60, 1)))
    assert (await world.rows())["?"].pieces == 3
    await world.consistent()


async def test_a_clearing_takes_what_is_older(world: World) -> None:
    await world.snapshot(*fed(TENTS, 1), *fed(Order(2, [("MUG-0", 3)]), 1))
    await world.apply(*fed(Order(2, [("MUG-0", 3)]), 60), Cleared("order", (50, 0)))
    assert set(await world.rows()) == {"mugs"}
    await world.apply(*fed(Order(1, [("TENT-0", 1)]), 40))  # late, and older than the clearing
    assert set(await world.rows()) == {"mugs"}
    await world.consistent()


async def test_a_clearing_of_some_keys_leaves_the_others(world: World) -> None:
    await world.snapshot(*fed(TENTS, 1), *fed(Order(2, [("MUG-0", 3)]), 1))
    await world.apply(Cleared("line", (50, 0), 20, 29))
    assert (await world.rows())["mugs"].pieces == 1
    await world.apply(*fed(Order(2, [("MUG-0", 3)]), 40))  # of before: nothing says it is gone
    assert (await world.rows())["mugs"].pieces == 4
    await world.apply(Cleared("order", (60, 0), None, 1), Cleared("product", (60, 0), 1, 1))
    rows = await world.rows()
    assert set(rows) == {"mugs"} and rows["mugs"].orders == 1
    await world.consistent()


@dataclass
class Telling:
    """A random history of some orders, and the pieces in which it arrives."""

    dice: random.Random
    orders: dict[int, Order] = field(default_factory=dict)
    feed: list[tuple[int, list[Fact]]] = field(default_factory=list)  # moment, one transaction
    reported: list[tuple[int, Any]] = field(default_factory=list)  # moment, event

    def write(self) -> None:
        for moment in range(1, 25):
            if not self.orders or self.dice.random() < 0.6:
                skus = self.dice.sample(sorted(SHELF), self.dice.randint(1, 3))
                pieces = [(sku, self.dice.randint(1, 3)) for sku in skus]
                order = Order(len(self.orders) + 1, pieces, f"2026-0{self.dice.randint(1, 4)}-05")
                self.orders[order.number] = order
                self.feed.append((moment, fed(order, 100 + moment)))
                event = placed(order)
            else:
                order = self.dice.choice(list(self.orders.values()))
                if order.status == "CANCELLED":
                    continue
                order.status = "CANCELLED"
                self.feed.append((moment, [updated(order, 100 + moment)]))
                event = cancelled(order)
            if self.dice.random() < 0.7:  # the others were placed on the other side
                self.reported.append((moment, event))

    def expected(
        self, feed: int, reported: list[tuple[int, Any]]
    ) -> dict[str, tuple[int, int, Decimal]]:
        """Of what the feed has published in this many transactions, and of these events."""
        known: dict[str, bool] = {}
        for _, facts in self.feed[:feed]:
            head = facts[0]
            assert isinstance(head, Stored)
            number = head.fields["order_no"]
            known[number] = known.get(number, False) or head.fields["status"] == "CANCELLED"
        for _, event in reported:
            if isinstance(event, OrderPlaced):
                known.setdefault(event.order_no, False)
        for _, event in reported:
            if isinstance(event, OrderCancelled) and event.order_no in known:
                known[event.order_no] = True
        sums: dict[str, tuple[int, int, Decimal]] = {}
        for order in self.orders.values():
            if known.get(order.order_no, True):
                continue
            for code in {SHELF[sku][1] for sku, _ in order.lines}:
                mine = [(sku, n) for sku, n in order.lines if SHELF[sku][1] == code]
                orders, pieces, revenue = sums.get(code, (0, 0, Decimal()))
                revenue += sum((Decimal(PRICES[sku]) * n for sku, n in mine), Decimal())
                sums[code] = orders + 1, pieces + sum(n for _, n in mine), revenue
        return sums


@pytest.mark.parametrize("seed", range(4))
async def test_any_interleaving_and_any_repetition_ends_alike(world: World, seed: int) -> None:
    dice = random.Random(seed)
    telling = Telling(dice)
    telling.write()
    await world.snapshot()
    at, heard = 0, []
    waiting = list(telling.reported)
    while waiting or at < len(telling.feed):
        if waiting and dice.random() < 0.5:
            moment, event = heard[-1] if heard and dice.random() < 0.2 else waiting.pop(0)
            await world.event(event, moment)
            heard.append((moment, event))
        elif at < len(telling.feed):
            moment, facts = telling.feed[at]
            again = telling.feed[max(0, at - dice.randint(0, 3)) : at]
            await world.apply(*(fact for _, older in again for fact in older), *facts)
            at += 1
            if dice.random() < 0.5:
                await world.reach(moment + 1)
        found = {
            code: (row.orders, row.pieces, row.revenue)
            for code, row in (await world.rows()).items()
            if row.orders
        }
        assert found == telling.expected(at, heard), f"after {at} transactions, {len(heard)} events"
    await world.consistent()
