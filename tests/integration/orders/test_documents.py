"""An order's document says the lines that its order has, also when one of them goes; and of what
the feed and our sagas tell of it, the newest."""

from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, replace
from typing import Any

import asyncpg
import orjson
import pytest

from chassis.readmodel.watermark import Watermark
from chassis.saga import Context
from contracts.feed.facts import Cleared, Fact, Gone, Stored
from contracts.orders import Line, Order
from contracts.record import Customer
from new_services.orders import views
from new_services.orders.projections import ENTITIES, Projection
from new_services.orders.saga.stories import Stories

pytestmark = pytest.mark.integration

HEAD = {
    "id": 1, "order_no": "SO-1", "customer_id": 5, "status": "NEW", "total": "20.00",
    "po_number": None, "saga_id": None, "pay_method": "card", "ship_name": "A", "ship_street": "S",
    "ship_zip": "1", "ship_city": "C", "created": "2026-01-01 00:00:00",
    "updated": "2026-01-01 00:00:00",
}  # fmt: skip


def line(number: int) -> dict[str, object]:
    return {
        "order_id": 1, "line_no": number, "sku": f"S-{number}", "name": "N", "quantity": 1,
        "price": "10.00",
    }  # fmt: skip


def published() -> list[Fact]:
    """An order of three lines, and that nothing else exists."""
    return [
        Stored("customer", 5, {"email": "a@b.c", "name": "A"}, (1, 0)),
        Stored("order", 1, HEAD, (1, 0)),
        *(Stored("line", number, line(number), (1, 0)) for number in (1, 2, 3)),
        *(Cleared(entity, (1, 0)) for entity in ENTITIES),
    ]


async def deliver(connection: asyncpg.Connection, projection: Projection, *facts: Fact) -> None:
    """One batch, committed."""
    async with connection.transaction():
        await projection.apply(connection, facts)


@pytest.fixture
async def pool(take_database: Callable[[str], str]) -> AsyncIterator[asyncpg.Pool]:
    """A database of the service's own."""
    url = take_database("orders")
    async with asyncpg.create_pool(url, min_size=1, max_size=2) as made:
        yield made


@pytest.fixture
async def connection(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    """The projection's."""
    async with pool.acquire() as made:
        yield made


@pytest.mark.parametrize(
    "loss", [Gone("line", 2, (2, 0)), Cleared("line", (2, 0), 2, 2)], ids=["deleted", "cleared"]
)
async def test_a_line_that_goes_leaves_the_document(
    connection: asyncpg.Connection, loss: Fact
) -> None:
    projection = Projection()
    for facts, lines in ((published(), ["S-1", "S-2", "S-3"]), ([loss], ["S-1", "S-3"])):
        await deliver(connection, projection, *facts)
        body = await connection.fetchval("SELECT body FROM order_document")
        assert [each["sku"] for each in orjson.loads(body)["lines"]] == lines


async def test_after_a_start_only_what_is_published_is_made_again(
    connection: asyncpg.Connection,
) -> None:
    other = Stored("order", 2, HEAD | {"id": 2, "order_no": "SO-2"}, (1, 0))
    await deliver(connection, Projection(), other, *published())
    await connection.execute("UPDATE order_document SET body = 'as it was'")

    cancelled = Stored("order", 1, HEAD | {"status": "CANCELLED"}, (2, 0))
    await deliver(connection, Projection(), cancelled)

    rows = await connection.fetch("SELECT order_no, body FROM order_document ORDER BY order_no")
    first, second = (row["body"] for row in rows)
    assert orjson.loads(first)["status"] == "CANCELLED"
    assert second == "as it was"


async def test_what_was_not_committed_is_made_by_the_next_batch(
    connection: asyncpg.Connection,
) -> None:
    projection = Projection()
    *some, last = published()
    await deliver(connection, projection, *some)
    transaction = connection.transaction()
    await transaction.start()
    await projection.apply(connection, [last])
    await transaction.rollback()
    assert await connection.fetchval("SELECT count(*) FROM order_document") == 0

    await deliver(connection, projection, last)
    assert await connection.fetchval("SELECT count(*) FROM order_document") == 1


PLACED = Order(
    order_no="SO-1", status="NEW", total="20.00", po_number=None, pay_method="card",
    lines=tuple(Line(number, f"S-{number}", "N", 1, "10.00") for number in (1, 2, 3)),
    ship={"name": "A", "street": "S", "zip": "1", "city": "C"}, created="2026-01-01 00:00:00",
    updated="2026-01-01 00:00:00", saga_id="S-1",
)  # fmt: skip
NOW = 1_800_000_000.0


async def confirm(pool: asyncpg.Pool, order: Order, at: float = NOW) -> None:
    """As the last step of the saga that placed or cancelled it."""
    nobody: Any = None
    stories = Stories(
        pool, nobody, nobody, nobody, Watermark(), wake=lambda: None, clock=lambda: at
    )
    step = "cancel" if order.status == "CANCELLED" else "write"
    results = {step: {"order": order.to_dict()}, "refund": {"amount": "20.00"}}
    request = {"customer": asdict(Customer("a@b.c", "A", ""))}
    context = Context("S-1", request, results, 1, 0.0, 0.0, at + 10)
    await (stories.confirm_cancelled if step == "cancel" else stories.confirm_placed)(context)


async def shown(pool: asyncpg.Pool, watermark: float) -> str:
    """The status that the customer reads."""
    document = await views.one(pool, int(watermark * 1e6), "SO-1", "a@b.c")
    assert document is not None
    return str(orjson.loads(document)["status"])


async def events(pool: asyncpg.Pool) -> list[str]:
    """Delivered so far."""
    rows = await pool.fetch("SELECT event_id FROM outbox ORDER BY id")
    return [row["event_id"] for row in rows]


@pytest.mark.parametrize("fed_first", [True, False])
async def test_a_late_confirmation_hides_no_cancellation(
    pool: asyncpg.Pool, fed_first: bool
) -> None:
    """The customer cancelled it on the other side, before the saga came to its last step."""
    cancelled = [Stored("order", 1, HEAD | {"status": "CANCELLED"}, (2, 0))]
    for feeding in (fed_first, not fed_first):
        if feeding:
            async with pool.acquire() as connection:
                await deliver(connection, Projection(), *published(), *cancelled)
        else:
            await confirm(pool, PLACED)
    assert await shown(pool, NOW - 5) == "CANCELLED"  # read with a watermark after that, only
    await confirm(pool, PLACED, NOW + 20)  # once more, by another instance
    assert await shown(pool, NOW + 15) == "CANCELLED"
    assert await events(pool) == ["SO-1:placed"]


async def test_what_a_saga_cancelled_is_shown_until_the_feed_is_there(pool: asyncpg.Pool) -> None:
    await confirm(pool, PLACED)
    assert await shown(pool, NOW - 5) == "NEW"
    await confirm(pool, replace(PLACED, status="CANCELLED"), NOW + 1)
    await confirm(pool, PLACED, NOW + 2)
    async with pool.acquire() as connection:
        await deliver(connection, Projection(), *published())  # as it was placed
    assert await shown(pool, NOW) == "CANCELLED"
    assert await events(pool) == ["SO-1:placed", "SO-1:cancelled"]
