"""An article's page."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Response

from contracts.stock import LAST_PIECES, stock_text
from new_services.storefront.errors import not_found
from new_services.storefront.parts.catalog import Article, Variant
from new_services.storefront.shell import or_none, surround
from new_services.storefront.visit import Visit

NO_ARTICLE = "We do not have this article (any more)."
STOCK_UNKNOWN = "How many are left cannot be seen just now"


@dataclass(frozen=True, slots=True)
class Choice:
    """A variant as the form offers it."""

    sku: str
    label: str
    price: str
    sold_out: bool
    hint: str  # few are left, or none


async def product(visit: Visit) -> Response:
    """`GET /product/{sku}`"""
    sku = str(visit.request.path_params["sku"]).upper().replace("\0", "")
    shell, article, pieces = await asyncio.gather(
        surround(visit, forms=True),
        visit.parts.catalog.article(visit, sku),
        or_none(visit.parts.inventory.pieces_of_product(visit, sku)),
    )
    if article is None:
        raise not_found(NO_ARTICLE)
    left = None if pieces is None else _left(article, pieces)
    total = None if left is None else sum(left.values())
    return shell.page(
        "product.html",
        article=article,
        stock=STOCK_UNKNOWN
        if total is None
        else stock_text(total, discontinued=article.discontinued),
        buyable=total is None or total > 0,
        choices=[_choice(each, article, left) for each in article.variants],
    )


def _left(article: Article, pieces: Mapping[str, int]) -> dict[str, int]:
    """Of each variant that is for sale."""
    return {each.sku: pieces.get(each.sku, 0) for each in article.variants}


def _choice(variant: Variant, article: Article, left: Mapping[str, int] | None) -> Choice:
    """With `left` unknown every variant can be chosen: the order looks at the stock itself."""
    label = " / ".join(part for part in (variant.color, variant.size) if part) or "one size"
    if left is None:
        return Choice(variant.sku, label, variant.price, sold_out=False, hint="")
    pieces = left[variant.sku]
    hint = stock_text(pieces, discontinued=article.discontinued) if pieces <= LAST_PIECES else ""
    return Choice(variant.sku, label, variant.price, sold_out=not pieces, hint=hint)
