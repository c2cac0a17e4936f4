"""What an order will cost, by the prices that the feed has published: the amount to authorise.

The system of record decides the final price; only that amount is captured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import asyncpg

CENT = Decimal("0.01")

# OFFSET 0: a plan for any number of skus would read every product for the one or two of an order.
_PRICES = """
SELECT variant.fields->>'sku' AS sku, product.fields->>'list_price' AS list_price,
       variant.fields->>'price_difference' AS difference,
       product.fields->>'discount_percent' AS discount, product.fields->>'name' AS name,
       variant.fields->>'colour' AS colour, variant.fields->>'size' AS size
FROM mirror variant
JOIN LATERAL (
    SELECT fields FROM mirror
    WHERE entity = 'product' AND key = variant.fields->>'product_id' AND NOT gone OFFSET 0
) AS product ON (product.fields->>'active')::bool
WHERE variant.entity = 'variant' AND variant.fields->>'sku' = ANY({skus}) AND NOT variant.gone
  AND (variant.fields->>'active')::bool
"""


def prices_of(skus: str) -> str:
    """The statement; `skus` is the place of its parameter, an array of texts."""
    return _PRICES.format(skus=f"{skus}::text[]")


class UnknownSku(Exception):
    """No active variant of an active product has this sku."""

    def __init__(self, sku: str) -> None:
        super().__init__(sku)
        self.sku = sku


@dataclass(frozen=True, slots=True)
class Price:
    """Of one variant, as the shop wrote it; `name` is what an order line calls the variant."""

    list_price: Decimal
    difference: Decimal
    discount: str
    name: str

    @property
    def effective(self) -> Decimal:
        """(list + difference) x (100 - discount) / 100, halves up to the cent."""
        percent = Decimal(self.discount.strip() or "0")
        return ((self.list_price + self.difference) * (100 - percent) / 100).quantize(
            CENT, ROUND_HALF_UP
        )


def line_name(product: str, colour: str, size: str) -> str:
    """`Tent (green, 2P)`; a variant without colour and size has its product's name."""
    detail = ", ".join(part for part in (colour, size) if part)
    return f"{product} ({detail})" if detail else product


def total(lines: Mapping[str, int], prices: Mapping[str, Price]) -> Decimal:
    """Of all lines. Raises UnknownSku for the first one, in their order, without a price."""
    for sku in lines:
        if sku not in prices:
            raise UnknownSku(sku)
    return sum((prices[sku].effective * pieces for sku, pieces in lines.items()), Decimal("0.00"))


async def prices(pool: asyncpg.Pool | asyncpg.Connection, skus: Sequence[str]) -> dict[str, Price]:
    """Of those that can be bought now."""
    return priced(await pool.fetch(prices_of("$1"), list(skus)))


def priced(rows: Sequence[Mapping[str, Any]]) -> dict[str, Price]:
    """Of the rows of `prices_of`, by sku."""
    return {
        row["sku"]: Price(
            Decimal(row["list_price"]),
            Decimal(row["difference"]),
            row["discount"],
            line_name(row["name"], row["colour"], row["size"]),
        )
        for row in rows
    }


async def quote(pool: asyncpg.Pool, lines: Mapping[str, int]) -> Decimal:
    """What the lines cost now, in euros. Raises UnknownSku."""
    return total(lines, await prices(pool, list(lines)))
