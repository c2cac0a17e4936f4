from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from loadtests.shop import Shop, ShopUnreadable, discover, words_of


def fetch_from(answers: dict[str, Any]) -> Any:
    return lambda path: answers[path]


CATEGORIES = {"categories": [{"code": "TENT", "count": 2}, {"code": "EMPTY", "count": 0}]}


def test_only_what_the_shop_says_is_for_sale() -> None:
    names = ["Zelt Höhe", "Zelt Tal", "Zelt 2000 UL"]
    products = [{"sku": f"S-{n}", "name": name} for n, name in enumerate(names)]
    shop = discover(
        fetch_from(
            {
                "/api/categories": CATEGORIES,
                "/api/products?per_page=100&sort=newest": {"products": products, "pages": 1},
            }
        )
    )
    assert shop == Shop({f"S-{n}": name for n, name in enumerate(names)}, ("TENT",), ("zelt",))


def test_later_pages_are_read_as_well() -> None:
    asked: list[str] = []

    def fetch(path: str) -> dict[str, Any]:
        asked.append(path)
        if "categories" in path:
            return CATEGORIES
        return {"products": [{"sku": path[-2:], "name": "x"}], "pages": 20}

    discover(fetch)
    assert [path.rpartition("page=")[2] for path in asked[2:]] == ["6", "11", "16"]


@pytest.mark.parametrize(
    "listing", [{"products": [], "pages": 0}, {"products": [{"name": "x"}], "pages": 1}, {}]
)
def test_a_shop_without_products_is_said_clearly(listing: dict[str, Any]) -> None:
    path = "/api/products?per_page=100&sort=newest"
    with pytest.raises(ShopUnreadable):
        discover(fetch_from({"/api/categories": CATEGORIES, path: listing}))


def test_words_are_those_several_products_share() -> None:
    assert words_of(["Jacke Rot", "Jacke Blau", "jacke Grün", "Rot Rot Rot"]) == ("jacke",)


def test_some_products_are_much_more_popular() -> None:
    shop = Shop({f"S-{n}": "x" for n in range(300)}, (), ())
    dice = random.Random(3)
    seen = Counter(shop.popular(dice) for _ in range(2000))
    assert seen["S-0"] > 20 * (2000 / 300)
    assert len(seen) > 100
