"""What an order will cost, by the prices that the feed has published."""

from decimal import Decimal
from typing import Any

import pytest

from new_services.orders.saga.pricing import Price, UnknownSku, prices, quote, total
from tests.rigs.shop.database import Database

MUG = {"name": "Mug", "colour": "", "size": ""}
TENT = {"name": "Tent", "colour": "green", "size": "2P"}
ROWS = [
    {"sku": "MUG-0", "list_price": "10.00", "difference": "0.50", "discount": " 10 "} | MUG,
    {"sku": "TENT-1", "list_price": "99.95", "difference": "-9.95", "discount": ""} | TENT,
]


@pytest.mark.parametrize(
    ("listed", "difference", "discount", "effective"),
    [
        ("10.00", "0.50", "10", "9.45"),
        ("10.00", "-0.50", "", "9.50"),
        ("0.10", "0.00", "5", "0.10"),  # 0.095: halves go up
        ("0.10", "0.00", "5.1", "0.09"),
        ("10.00", "0.00", "100", "0.00"),
    ],
)
def test_a_price_is_rounded_to_the_cent(
    listed: str, difference: str, discount: str, effective: str
) -> None:
    assert Price(Decimal(listed), Decimal(difference), discount, "").effective == Decimal(effective)


async def test_a_quote_is_the_sum_of_its_lines() -> None:
    database: Any = Database({"FROM mirror": ROWS})
    assert await quote(database, {"MUG-0": 2, "TENT-1": 1}) == Decimal("108.90")
    assert database.asked[0][1] == (["MUG-0", "TENT-1"],)
    found = await prices(database, [])
    assert {sku: price.name for sku, price in found.items()} == {
        "MUG-0": "Mug", "TENT-1": "Tent (green, 2P)",
    }  # fmt: skip
    assert total({}, {}) == Decimal("0.00")


async def test_the_first_line_without_a_price_is_named() -> None:
    database: Any = Database({"FROM mirror": ROWS})
    with pytest.raises(UnknownSku, match="BOX-1") as caught:
        await quote(database, {"MUG-0": 1, "BOX-1": 1, "AXE-1": 1})
    assert caught.value.sku == "BOX-1"
