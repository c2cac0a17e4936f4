"""The catalog, as pages ask it: by the public API, and by the calls that pages need besides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from new_services.storefront.parts.part import OK_OR_MISSING, Asking, Part


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


@dataclass(frozen=True, slots=True)
class Variant:
    """What is bought. `color` is the contract's spelling."""

    sku: str
    color: str
    size: str
    price: str


@dataclass(frozen=True, slots=True)
class Article:
    """All that the page of an article shows of it; `created` is the shop's wall clock."""

    card: Card
    description: str
    category: Category
    colour: str
    tags: tuple[str, ...]
    weight: str  # empty: it is not known
    discontinued: bool
    created: datetime
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class Sellable:
    """A variant for sale, with its product."""

    variant: Variant
    product: str  # its sku
    name: str
    img: str


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

    async def listing(self, asking: Asking, query: Mapping[str, str | int]) -> Listing:
        """Articles by `q`, `category`, `sort`, `page`, `per_page`; none of an unknown category."""
        answer = await self.part.get(asking, f"/api/products?{urlencode(query)}")
        found = orjson.loads(answer.body)
        return Listing(tuple(_card(each) for each in found["products"]), found["total"])

    async def offers(self, asking: Asking) -> tuple[Card, ...]:
        """The articles that were reduced last."""
        answer = await self.part.get(asking, "/internal/offers")
        return tuple(_card(each) for each in orjson.loads(answer.body)["products"])

    async def article(self, asking: Asking, sku: str) -> Article | None:
        """An article that is for sale, by its sku in capitals."""
        path = f"/api/products/{quote(sku, safe='')}"
        answer = await self.part.get(asking, path, known=OK_OR_MISSING)
        return _article(orjson.loads(answer.body)) if answer.status == 200 else None

    async def sellable(self, asking: Asking, skus: Iterable[str]) -> tuple[Sellable, ...]:
        """Those of these variants that are for sale, by sku."""
        query = urlencode([("sku", sku) for sku in skus])
        found = orjson.loads((await self.part.get(asking, f"/internal/variants?{query}")).body)[
            "variants"
        ]
        return tuple(_sellable(each) for each in found)


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


def _article(found: Mapping[str, Any]) -> Article:
    return Article(
        card=_card(found),
        description=found["description"],
        category=Category(found["category"]["code"], found["category"]["name"], None),
        colour=found["colour"],
        tags=tuple(found["tags"]),
        weight=found["weight"],
        discontinued=found["discontinued"] == "Y",
        created=datetime.fromisoformat(found["created"]),
        variants=tuple(_variant(each) for each in found["variants"]),
    )


def _variant(found: Mapping[str, Any]) -> Variant:
    return Variant(found["sku"], found["color"], found["size"], found["price"])


def _sellable(found: Mapping[str, Any]) -> Sellable:
    product = found["product"]
    return Sellable(_variant(found), product["sku"], product["name"], product["img"])
