"""The bytes of the public contract, and which products have them."""

from datetime import datetime
from decimal import Decimal

from new_services.catalog.documents import build
from new_services.catalog.domain import Product, Variant


def product(**fields: object) -> Product:
    values: dict[str, object] = {
        "id": 1,
        "sku": "P-1",
        "name": "Zelt ü",
        "description": "dry",
        "category_code": "tents",
        "category_name": "Zelte",
        "list_price": Decimal("49.9"),
        "discount_percent": "",
        "colour": "red",
        "tags": ("a", "b"),
        "tags_text": "a, b",
        "active": True,
        "discontinued": False,
        "weight_grams": 1250,
        "image": "i.svg",
        "created": datetime.fromisoformat("2020-01-02 03:04:05.999999"),
        "updated": datetime.fromisoformat("2021-01-02 03:04:05"),
        "variants": (Variant("P-1-0", "red", "M", Decimal("0.1"), 4),),
    }
    return Product(**(values | fields))  # type: ignore[arg-type]


def test_detail_as_it_is_sent():
    assert build(product()).detail.decode() == (
        '{"sku":"P-1","name":"Zelt ü","description":"dry",'
        '"category":{"code":"tents","name":"Zelte"},"price":"49.90","list_price":"49.90",'
        '"discount_pct":"","on_sale":"N","currency":"EUR","active":"Y","discontinued":"N",'
        '"colour":"red","tags":["a","b"],"variants":[{"sku":"P-1-0","color":"red","size":"M",'
        '"price":"50.00","stock":4}],"stock":4,"stock_text":"In stock","img":"i.svg",'
        '"weight":"1.250 kg","created":"2020-01-02 03:04:05","updated":"2021-01-02 03:04:05"}'
    )


def test_item_as_it_is_sent():
    assert build(product(discount_percent="15")).item.decode() == (
        '{"sku":"P-1","name":"Zelt ü","price":"42.42","list_price":"49.90","discount_pct":"15",'
        '"on_sale":"Y","category":"tents","colour":"red","stock_text":"In stock","img":"i.svg"}'
    )


def test_a_zero_discount_is_not_mentioned():
    assert b'"discount_pct":"","on_sale":"N"' in build(product(discount_percent="0")).item


def test_an_unweighed_product():
    assert b'"weight":""' in build(product(weight_grams=None)).detail
    assert b'"weight":"0.005 kg"' in build(product(weight_grams=5)).detail


def test_who_has_documents():
    inactive, hidden = build(product(active=False)), build(product(discontinued=True, variants=()))
    assert (inactive.detail, inactive.item) == (None, None)
    assert hidden.detail is not None and hidden.item is None


def test_search_looks_at_name_description_and_tags_as_typed():
    assert build(product()).search_source == "Zelt ü dry a, b"
