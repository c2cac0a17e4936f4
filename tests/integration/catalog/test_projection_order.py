"""The tables of the read model end alike whatever the order, repetition and batches of facts."""

import asyncio

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.feed.facts import Cleared, Fact, Gone, Stored
from new_services.catalog import repository
from new_services.catalog.batches import fold

pytestmark = pytest.mark.integration


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    """What happened to three rows of stock, in the order it happened."""
    facts: list[Fact] = []
    for number in range(draw(st.integers(1, 12))):
        key, version = draw(st.sampled_from("ABC")), (number // 3 + 1, number % 3)
        kind = draw(st.sampled_from(["stored", "stored", "stored", "gone", "cleared"]))
        if kind == "stored":
            facts.append(Stored("stock", key, {"sku": key, "quantity": number}, version))
        elif kind == "gone":
            facts.append(Gone("stock", key, version))
        else:
            facts.append(Cleared("stock", version))
    return facts


async def apply(url: str, batches: list[list[Fact]]) -> dict[str, int]:
    """The rows after applying the batches to empty tables."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("TRUNCATE stock, projection_floor")
        for facts in batches:
            batch = fold(facts, await repository.floors(connection))
            async with connection.transaction():
                await repository.store(connection, batch)
        rows = await connection.fetch("SELECT sku, quantity FROM stock WHERE NOT deleted")
        return dict(rows)
    finally:
        await connection.close()


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(histories(), st.data())
def test_any_order_and_repetition_converges(catalog_database, history, data):
    sent = data.draw(st.permutations(history + data.draw(st.lists(st.sampled_from(history)))))
    batches = []
    while sent:
        size = data.draw(st.integers(1, len(sent)))
        batches.append(sent[:size])
        sent = sent[size:]
    straight = asyncio.run(apply(catalog_database, [[fact] for fact in history]))
    assert asyncio.run(apply(catalog_database, batches)) == straight
