"""Faults bend what they say they bend, and nothing else; a share of them strikes at its rate."""

from random import Random

import orjson
import pytest

from chassis.web.app import JsonBytes
from loadtests.faults.named import FAULTS, fault_named

PRODUCT = {
    "sku": "P-1",
    "price": "110.46",
    "list_price": "129.95",
    "discount_pct": "15",
    "variants": [{"sku": "a", "price": "110.46"}, {"sku": "b", "price": "118.96"}],
}


def bent(found: dict, name: str = "discount-rounding") -> dict:
    return orjson.loads(fault_named(name).strike(JsonBytes(orjson.dumps(found))).body)


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
    page = bent({"products": [item], "total": 1})
    assert (page["products"][0]["price"], page["total"]) == ("110.45", 1)


@pytest.mark.parametrize("name", FAULTS)
def test_answers_that_hold_no_product_are_never_in_the_way(name):
    for found in ({"error": "product not found", "sku": "X"}, {"categories": []}):
        fault_named(name).strike(JsonBytes(orjson.dumps(found), 404))


def test_a_share_strikes_so_often():
    answer = JsonBytes(orjson.dumps(PRODUCT))
    for text, share in (("status-500@10%", 0.1), ("status-500@0.25", 0.25)):
        fault = fault_named(text, Random(5))
        struck = sum(fault.strike(answer).status_code == 500 for _ in range(4_000))
        assert abs(struck / 4_000 - share) < 0.2 * share


@pytest.mark.parametrize("text", ["status-500@", "status-500@100%", "status-500"])
def test_without_a_share_it_always_strikes(text):
    assert fault_named(text).strike(JsonBytes(b"{}")).status_code == 500


@pytest.mark.parametrize("text", ["status-500@0", "status-500@2", "status-500@often", "x@-1%"])
def test_a_share_that_is_none(text):
    with pytest.raises(ValueError, match=r"share|no fault"):
        fault_named(text)


def test_no_name_is_no_fault():
    assert fault_named("") is None


def test_unknown_name_lists_the_known():
    with pytest.raises(ValueError, match="discount-rounding"):
        fault_named("gremlins")
