"""The small shop: every row belongs to another one, and it is the same at each call."""

from decimal import Decimal

from contracts.feed import entities
from new_services.catalog.repository import FIELDS
from new_services.seed import shop

ROWS = shop.rows()


def test_it_is_the_same_at_each_call() -> None:
    assert shop.rows() == ROWS


def test_keys_are_each_ones_own() -> None:
    for entity, name in ((entities.CATEGORY, "code"), (entities.STOCK, "sku")):
        found = [row[name] for row in ROWS[entity]]
        assert len(found) == len(set(found)) > 0
    for entity in (entities.PRODUCT, entities.VARIANT, entities.CUSTOMER, entities.MOVEMENT):
        assert [row["id"] for row in ROWS[entity]] == [*range(1, len(ROWS[entity]) + 1)]


def test_what_is_named_is_there() -> None:
    codes = {row["code"] for row in ROWS[entities.CATEGORY]}
    assert {row["parent_code"] for row in ROWS[entities.CATEGORY]} - {None} <= codes
    assert {row["category_code"] for row in ROWS[entities.PRODUCT]} <= codes
    products = {row["id"] for row in ROWS[entities.PRODUCT]}
    assert {row["product_id"] for row in ROWS[entities.VARIANT]} == products


def test_every_variant_is_on_the_shelf_as_the_ledger_has_it() -> None:
    skus = {row["sku"] for row in ROWS[entities.VARIANT]}
    stock = {row["sku"]: row["quantity"] for row in ROWS[entities.STOCK]}
    moved = {row["sku"]: row["change"] for row in ROWS[entities.MOVEMENT]}
    assert stock == moved == dict.fromkeys(skus, shop.PIECES)


def test_goods_have_every_field_that_the_catalog_keeps() -> None:
    for entity in (entities.CATEGORY, entities.PRODUCT, entities.VARIANT):
        assert all(set(row) == FIELDS[entity] for row in ROWS[entity])
    assert all(Decimal(row["list_price"]) > 0 for row in ROWS[entities.PRODUCT])


def test_one_customer_is_of_the_staff() -> None:
    staff = [row["email"] for row in ROWS[entities.CUSTOMER] if row["admin"]]
    assert staff == [shop.ADMIN]
    assert ROWS[entities.CUSTOMER][6]["email"] == "kunde007@example.org"


def test_nobody_has_ordered_yet() -> None:
    assert not (ROWS[entities.ORDER] or ROWS[entities.LINE] or ROWS[entities.PAYMENT])
