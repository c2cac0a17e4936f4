"""Rows of goods -> the bytes that are sent: the public contract, spelled in one place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import orjson

from new_services.catalog.domain import CENT, CURRENCY, Product, Sellable, Variant


@dataclass(frozen=True, slots=True)
class Document:
    """A product ready to send, and what finds and sorts it."""

    product: Product
    detail: bytes | None  # None: clients get 404
    item: bytes | None  # None: not listed

    @property
    def search_source(self) -> str:
        """The text that search looks at, before lower-casing."""
        return f"{self.product.name} {self.product.description} {self.product.tags_text}"


def build(product: Product) -> Document:
    """The documents of a product as it is now."""
    return Document(
        product,
        orjson.dumps(_detail(product)) if product.active else None,
        orjson.dumps(_item(product)) if product.listed else None,
    )


def _detail(product: Product) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "name": product.name,
        "description": product.description,
        "category": {"code": product.category_code, "name": product.category_name},
        **_price(product),
        "currency": CURRENCY,
        "active": _flag(product.active),
        "discontinued": _flag(product.discontinued),
        "colour": product.colour,
        "tags": product.tags,
        "variants": [_variant(product, variant) for variant in product.variants],
        "stock": product.stock,
        "stock_text": product.stock_text,
        "img": product.image,
        "weight": _kilograms(product.weight_grams),
        "created": _moment(product.created),
        "updated": _moment(product.updated),
    }


def sellable(variants: Sequence[Sellable]) -> bytes:
    """Variants as the storefront's cart shows them."""
    return orjson.dumps({"variants": [_sellable(variant) for variant in variants]})


def _sellable(variant: Sellable) -> dict[str, Any]:
    return {
        "sku": variant.sku,
        "color": variant.colour,
        "size": variant.size,
        "price": _money(variant.price),
        "product": {"sku": variant.product, "name": variant.name, "img": variant.image},
    }


def _item(product: Product) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "name": product.name,
        **_price(product),
        "category": product.category_code,
        "colour": product.colour,
        "stock_text": product.stock_text,
        "img": product.image,
    }


def _price(product: Product) -> dict[str, str]:
    return {
        "price": _money(product.price),
        "list_price": _money(product.list_price),
        "discount_pct": product.discount_percent if product.on_sale else "",
        "on_sale": _flag(product.on_sale),
    }


def _variant(product: Product, variant: Variant) -> dict[str, Any]:
    return {
        "sku": variant.sku,
        "color": variant.colour,  # the contract spells it both ways
        "size": variant.size,
        "price": _money(product.variant_price(variant)),
        "stock": variant.quantity,
    }


def _flag(value: bool) -> str:
    return "Y" if value else "N"


def _money(amount: Decimal) -> str:
    return str(amount.quantize(CENT, ROUND_HALF_UP))


def _kilograms(grams: int | None) -> str:
    return "" if grams is None else f"{grams // 1000}.{grams % 1000:03d} kg"


def _moment(local: datetime) -> str:
    return local.strftime("%Y-%m-%d %H:%M:%S")
