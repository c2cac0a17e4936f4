"""The seeded products: the same every time, and with everything a shop has."""

import hashlib
import re
from collections import Counter
from decimal import Decimal
from itertools import islice

import pytest

from legacy_monolith.seed import words
from legacy_monolith.seed.catalogue import SeedProduct, products
from legacy_monolith.shop.money import amount
from legacy_monolith.shop.texts import tag_list

# Change it only with a new seed: readers of the demo compare their numbers with each other's.
FINGERPRINT = "5ab12f013a138564"


@pytest.fixture(scope="module")
def goods() -> list[SeedProduct]:
    return list(products(1))


def test_rows_are_the_same_on_every_run_and_machine(goods: list[SeedProduct]) -> None:
    assert hashlib.sha256(repr(goods).encode()).hexdigest()[:16] == FINGERPRINT


def test_larger_shop_begins_like_the_small_one(goods: list[SeedProduct]) -> None:
    assert list(islice(products(7), 50)) == goods[:50]


def test_numbers_are_unique_and_fit(goods: list[SeedProduct]) -> None:
    skus = [variant.sku for it in goods for variant in it.variants]
    assert len(goods) == len({it.sku for it in goods}) == 2000
    assert len(set(skus)) == len(skus)
    assert max(len(sku) for sku in skus) <= 30
    assert all(sku == sku.upper() for sku in skus)


def test_every_product_can_be_chosen(goods: list[SeedProduct]) -> None:
    assert all(it.variants for it in goods)
    assert all(it.variants[0].sku == f"{it.sku}-0" for it in goods if len(it.variants) == 1)


def test_categories_have_two_levels_and_every_product_one() -> None:
    parents = {code for code, _, parent in words.CATEGORIES if parent is None}
    codes = {code for code, _, _ in words.CATEGORIES}
    assert {parent for _, _, parent in words.CATEGORIES if parent} == parents
    assert {it.cat_code for it in products(1)} <= codes


def test_every_habit_is_there(goods: list[SeedProduct]) -> None:
    flags = Counter((it.active, it.discontinued) for it in goods)
    assert flags["N", "N"] > 20
    assert flags["Y", "Y"] > 40
    assert {None, "", "10"} <= {it.disc_pct for it in goods}
    assert {0, 1, 2} <= {len(it.price.partition(".")[2]) for it in goods}
    assert any(it.weight_g is None for it in goods)
    assert any(re.search("[äöüß]", it.name) for it in goods)
    assert any("🔦" in it.name or "⛺" in it.name for it in goods)
    assert any(len(tag_list(it.tags)) < len(it.tags.split(",")) for it in goods)


def test_prices_are_positive_with_any_difference(goods: list[SeedProduct]) -> None:
    lowest = min(amount(it.price) + amount(v.price_diff) for it in goods for v in it.variants)
    assert lowest > Decimal(1)


def test_there_is_enough_to_sell(goods: list[SeedProduct]) -> None:
    left = [variant.left for it in goods for variant in it.variants]
    assert sum(40 <= pieces <= 400 for pieces in left) > 0.85 * len(left)
    assert sum(1 <= pieces <= 3 for pieces in left) > 100
    sold_out = [it for it in goods if not any(variant.left for variant in it.variants)]
    assert 40 < len(sold_out) < 200
