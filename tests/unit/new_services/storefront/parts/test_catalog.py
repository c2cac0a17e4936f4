"""The catalog's answers, as pages use them."""

from typing import Any

from new_services.storefront.parts.catalog import Card, Catalog
from new_services.storefront.parts.part import Part
from tests.rigs.shop.storefront import CATEGORIES, PlayedService, article, asked_for, item, sellable
from tests.unit.new_services.storefront.parts.test_part import Asked

ANSWERS = {
    "/api/categories": {"categories": CATEGORIES},
    "/api/products": {"products": [item("A", discount_pct="20")], "total": 25, "page": 1e30},
    "/api/products/A%2FB%20%C3%9C": article("A/B Ü"),
    "/internal/offers": {"products": [item("B", stock_text="Sold out")]},
    "/internal/variants": {"variants": [sellable("A-1")]},
}


def played() -> tuple[Catalog, PlayedService]:
    service = PlayedService("catalog", ANSWERS)
    client: Any = service
    return Catalog(Part(client, lambda _: "")), service


async def test_categories_know_what_is_above_them() -> None:
    found = await played()[0].categories(Asked())
    assert [(each.code, each.parent) for each in found[:2]] == [
        ("CAMPING", None),
        ("TENTS", "CAMPING"),
    ]


async def test_a_list_has_its_tiles_and_how_many_there_are() -> None:
    catalog, service = played()
    found = await catalog.listing(Asked(), {"q": "a b&c", "page": 2})
    assert (found.total, found.cards[0].percent, found.cards[0].buyable) == (25, "20", True)
    assert asked_for(service.asked[0]) == {"q": ["a b&c"], "page": ["2"]}


async def test_what_is_sold_out_cannot_be_bought() -> None:
    (card,) = await played()[0].offers(Asked())
    assert not card.buyable


async def test_an_article_is_asked_for_by_any_number() -> None:
    catalog, _ = played()
    found = await catalog.article(Asked(), "A/B Ü")
    assert found is not None and isinstance(found.card, Card)
    assert found.created.strftime("%B %Y") == "March 2024" and not found.discontinued
    assert [each.price for each in found.variants] == ["49.90", "59.90", "49.90"]
    assert await catalog.article(Asked(), "NOPE") is None


async def test_variants_are_asked_for_together() -> None:
    catalog, service = played()
    (found,) = await catalog.sellable(Asked(), ["A-1", "B-1"])
    assert (found.variant.sku, found.product) == ("A-1", "TNT-1")
    assert asked_for(service.asked[0]) == {"sku": ["A-1", "B-1"]}
