"""The catalog, as pages ask it: by the public API, and by the calls that pages need besides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson

from new_services.storefront.parts.part import Asking, Part


@dataclass(frozen=True, slots=True)
class Category:
    """`parent` is the code of the one above it, None for the big ones."""

    code: str
    name: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """What an article's tile shows; prices and the discount are ready to print."""

    sku: str
    name: str
    img: str
    price: str
    list_price: str
    percent: str  # empty without a discount
    stock_text: str

    @property
    def buyable(self) -> bool:
        """Whether a piece is left."""
        return self.stock_text not in NOTHING_LEFT


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list, and how many articles the whole list has."""

    cards: tuple[Card, ...]
    total: int


NOTHING_LEFT = frozenset({"Sold out", "Discontinued"})


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every call raises Away, and Problem where the read model is behind."""

    part: Part

    async def categories(self, asking: Asking) -> tuple[Category, ...]:
        """All, in the order of the menu."""
        found = orjson.loads((await self.part.get(asking, "/api/categories")).body)
        return tuple(
            Category(each["code"], each["name"], each["parent"]) for each in found["categories"]
        )

    async def listing(self, asking: Asking, query: Mapping[str, str]) -> Listing:
        """Articles by `q`, `category`, `sort`, `page`, `per_page`; none of an unknown category."""
        answer = await self.part.get(asking, f"/api/products?{urlencode(query)}")
        found = orjson.loads(answer.body)
        return Listing(tuple(_card(each) for each in found["products"]), found["total"])

    async def offers(self, asking: Asking) -> tuple[Card, ...]:
        """The articles that were reduced last."""
        answer = await self.part.get(asking, "/offers")
        return tuple(_card(each) for each in orjson.loads(answer.body)["products"])


def _card(item: Mapping[str, Any]) -> Card:
    return Card(
        item["sku"],
        item["name"],
        item["img"],
        item["price"],
        item["list_price"],
        item["discount_pct"],
        item["stock_text"],
    )
