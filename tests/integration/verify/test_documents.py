"""The SQL that looks for wrong documents makes the very bytes that the services make."""

import asyncio
from datetime import datetime
from decimal import Decimal

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contracts.feed.entities import GOODS
from contracts.feed.facts import Cleared, Stored
from migrations import runner
from new_services.catalog import projections as catalog
from new_services.orders import projections as orders
from new_services.verify.rows.documents import CATALOG_DOCUMENTS, ORDER_DOCUMENTS

pytestmark = pytest.mark.integration

text = st.text(
    alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12
) | st.text(alphabet="\"\\/\t\n\r\b\f\x01\x1f\x7f<>&äß\u2028😀 'a", max_size=12)
money = st.decimals(0, 99999, places=2) | st.decimals(0, 99, places=4)
percent = st.just("") | st.sampled_from(["0", "15", "12.5", "100", "0.00", "7.", "1e1", "-5"])
moment = st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31)).map(  # noqa: DTZ001
    lambda each: each.isoformat(" ", "seconds")
)
variant = st.tuples(text, text, money, st.integers(-3, 9), st.booleans())
product = st.fixed_dictionaries({
    **dict.fromkeys(("name", "description", "colour", "tags_text", "image", "price_text",
                     "discount_text"), text),
    "list_price": money, "discount_percent": percent, "tags": st.lists(text, max_size=3),
    "category_code": st.sampled_from(["a", "b", "?"]), "active": st.booleans(),
    "discontinued": st.booleans(), "weight_grams": st.none() | st.integers(-2000, 99999),
    "created": moment, "updated": moment, "variants": st.lists(variant, max_size=3),
})  # fmt: skip
line = st.tuples(text, text, st.integers(-9, 99), text)
ordered = st.fixed_dictionaries({
    **dict.fromkeys(("status", "total", "pay_method", "created", "updated"), text),
    **{f"ship_{name}": text for name in ("name", "street", "zip", "city")},
    "po_number": st.none() | text, "saga_id": st.none() | text,
    "lines": st.lists(line, max_size=3),
})  # fmt: skip
# What is found is left as large as it is: making it smaller would take minutes.
TRIES = settings(
    max_examples=12, deadline=None, suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip


def goods(products, version):
    """Facts about products of these kinds, and that there are no others."""
    yield Stored("category", "a", {"code": "a", "name": "Ä\"", "parent_code": None, "position": 1},
                 version)  # fmt: skip
    for number, each in enumerate(products, 1):
        fields = {name: value for name, value in each.items() if name != "variants"}
        fields |= {"id": number, "sku": f"P-{number}", "list_price": str(each["list_price"])}
        yield Stored("product", number, fields, version)
        for place, (colour, size, difference, quantity, active) in enumerate(each["variants"]):
            sku, key = f"P-{number}-{place}", number * 10 + place
            row = {"id": key, "product_id": number, "sku": sku, "colour": colour, "size": size}
            yield Stored("variant", key, row | {"price_difference": str(difference - Decimal(50)),
                                                "active": active}, version)  # fmt: skip
            if quantity:
                yield Stored("stock", sku, {"sku": sku, "quantity": quantity}, version)
    yield from (Cleared(entity, version) for entity in GOODS)


def sold(some, version):
    """The same of orders."""
    yield Stored("customer", 1, {"email": "a@b", "name": "Ann"}, version)
    for number, each in enumerate(some, 1):
        fields = {name: value for name, value in each.items() if name != "lines"}
        fields |= {"id": number, "order_no": f"SO-{number}", "customer_id": 1}
        yield Stored("order", number, fields, version)
        for place, (sku, name, quantity, price) in enumerate(each["lines"]):
            row = {"order_id": number, "line_no": place, "sku": sku, "name": name}
            yield Stored("line", number * 10 + place, row | {"quantity": quantity, "price": price},
                         version)  # fmt: skip
    yield from (Cleared(entity, version) for entity in orders.ENTITIES)


async def suspects(url, apply, facts, documents):
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await apply(connection, list(facts))
        every = await connection.fetch(documents.every)
        return len(every), [row["key"] for row in await connection.fetch(documents.suspects)]
    finally:
        await connection.close()


def test_of_goods(make_database):
    url = make_database("documents")
    runner.upgrade("catalog", url)
    turns = iter(range(1, 10_000))

    @TRIES
    @given(st.lists(product, min_size=1, max_size=8))
    def alike(products):
        facts = goods(products, (next(turns), 0))
        found = asyncio.run(suspects(url, catalog.apply, facts, CATALOG_DOCUMENTS))
        assert found == (len(products), [])

    alike()


def test_of_orders(make_database):
    url = make_database("documents")
    runner.upgrade("orders", url)
    turns = iter(range(1, 10_000))
    projection = orders.Projection()

    @TRIES
    @given(st.lists(ordered, min_size=1, max_size=8))
    def alike(some):
        facts = sold(some, (next(turns), 0))
        found = asyncio.run(suspects(url, projection.apply, facts, ORDER_DOCUMENTS))
        assert found == (len(some), [])

    alike()
