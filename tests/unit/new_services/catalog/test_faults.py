"""Faults bend what they say they bend, and nothing else."""

import orjson
import pytest

from new_services.catalog.faults import FAULTS, fault_named

PRODUCT = {
    "sku": "P-1",
    "price": "110.46",
    "list_price": "129.95",
    "discount_pct": "15",
    "variants": [{"sku": "a", "price": "110.46"}, {"sku": "b", "price": "118.96"}],
}


def bent(product: dict) -> dict:
    return orjson.loads(FAULTS["discount-rounding"].detail(orjson.dumps(product)))


def test_discounted_prices_are_rounded_down():
    product = bent(PRODUCT)
    assert product["price"] == "110.45"
    assert [variant["price"] for variant in product["variants"]] == ["110.45", "118.96"]
    assert product["list_price"] == "129.95"


def test_a_product_without_discount_is_right():
    product = PRODUCT | {"discount_pct": "", "price": "129.95"}
    assert bent(product) == product


def test_a_member_of_a_list_is_bent_alike():
    item = {name: PRODUCT[name] for name in ("sku", "price", "list_price", "discount_pct")}
    assert orjson.loads(FAULTS["discount-rounding"].item(orjson.dumps(item)))["price"] == "110.45"


def test_no_name_is_no_fault():
    assert fault_named("") is None


def test_unknown_name_lists_the_known():
    with pytest.raises(ValueError, match="discount-rounding"):
        fault_named("gremlins")
