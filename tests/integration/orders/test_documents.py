"""An order's document says the lines that its order has, also when one of them goes."""

from collections.abc import Callable

import asyncpg
import orjson
import pytest

from contracts.catalog import Cleared, Fact, Gone, Stored
from migrations import runner
from new_services.orders.projections import ENTITIES, Projection

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


def told() -> list[Fact]:
    """An order of three lines, and that nothing else exists."""
    return [
        Stored("customer", 5, {"email": "a@b.c", "name": "A"}, (1, 0)),
        Stored("order", 1, HEAD, (1, 0)),
        *(Stored("line", number, line(number), (1, 0)) for number in (1, 2, 3)),
        *(Cleared(entity, (1, 0)) for entity in ENTITIES),
    ]


@pytest.mark.parametrize(
    "loss", [Gone("line", 2, (2, 0)), Cleared("line", (2, 0), 2, 2)], ids=["deleted", "cleared"]
)
async def test_a_line_that_goes_leaves_the_document(
    make_database: Callable[[str], str], loss: Fact
) -> None:
    url = make_database("documents")
    runner.upgrade("orders", url)
    connection = await asyncpg.connect(url)
    projection = Projection()
    try:
        for facts, lines in ((told(), ["S-1", "S-2", "S-3"]), ([loss], ["S-1", "S-3"])):
            async with connection.transaction():
                await projection.apply(connection, facts)
            body = await connection.fetchval("SELECT body FROM order_document")
            assert [each["sku"] for each in orjson.loads(body)["lines"]] == lines
    finally:
        await connection.close()
