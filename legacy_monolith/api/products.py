"""Products as JSON. Apps out there rely on every field, so nothing here changes any more."""

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from legacy_monolith.clock import stamp
from legacy_monolith.database import db
from legacy_monolith.models import Category, Product, Stock, Variant
from legacy_monolith.shop.listing import (
    PER_PAGE,
    Query,
    UnknownCategory,
    find,
    listed,
)
from legacy_monolith.shop.money import amount, effective, percent, write
from legacy_monolith.shop.texts import stock_text, tag_list, weight_text, yes_no

blueprint = Blueprint("api_products", __name__)

Json = dict[str, Any]


@blueprint.get("/products")
def products() -> ResponseReturnValue:
    query = Query.read(request.args)
    try:
        found = find(db(), query)
    except UnknownCategory:
        # A 200 that carries an error: the first app crashed on anything else.
        empty = {"products": [], "page": 1, "per_page": PER_PAGE, "total": 0, "pages": 0}
        return jsonify({"error": "unknown category"} | empty)
    return jsonify(
        {
            "products": [_entry(entry, found.stock[entry.id]) for entry in found.products],
            "page": query.page,
            "per_page": query.per_page,
            "total": found.total,
            "pages": found.pages,
        }
    )


@blueprint.get("/products/<path:sku>")
def product(sku: str) -> ResponseReturnValue:
    wanted = sku.upper()
    found = _product(wanted)
    if found is None:
        return jsonify({"error": "product not found", "sku": wanted}), 404
    return jsonify(_document(found))


@blueprint.get("/categories")
def categories() -> ResponseReturnValue:
    listings = select(Product.cat_code, func.count()).where(listed()).group_by(Product.cat_code)
    counts = dict(db().execute(listings).all())
    rows = db().scalars(select(Category).order_by(Category.sort_no, Category.code))
    return jsonify(
        {
            "categories": [
                {
                    "code": row.code,
                    "name": row.name,
                    "parent": row.parent_code,
                    "count": counts.get(row.code, 0),
                }
                for row in rows
            ]
        }
    )


@blueprint.get("/stock/<path:sku>")
def stock(sku: str) -> ResponseReturnValue:
    """Of one variant, or of a product over its active variants."""
    wanted = sku.upper()
    found = None if "\0" in wanted else _variant_stock(wanted) or _product_stock(wanted)
    return jsonify(found or {"error": "unknown sku", "sku": wanted}), 200 if found else 404


def _variant_stock(sku: str) -> Json | None:
    row = (
        db()
        .execute(
            select(Stock, Product.discontinued)
            .join(Variant, Variant.sku == Stock.sku)
            .join(Product)
            .where(Stock.sku == sku, Variant.active == "Y", Product.active == "Y")
        )
        .one_or_none()
    )
    if row is None:
        return None
    found, discontinued = row
    return _stock(sku, found.qty, discontinued, stamp(found.updated))


def _product_stock(sku: str) -> Json | None:
    found = _product(sku)
    if found is None:
        return None
    rows = _stocks(found)
    updated = max((row.updated for row in rows.values()), default=found.updated)
    pieces = sum(row.qty for row in rows.values())
    return _stock(sku, pieces, found.discontinued, stamp(updated))


def _stock(sku: str, pieces: int, discontinued: str, updated: str) -> Json:
    return {
        "sku": sku,
        "stock": pieces,
        "in_stock": yes_no(pieces > 0),
        "stock_text": stock_text(pieces, discontinued),
        "updated": updated,
    }


def _product(sku: str) -> Product | None:
    """An active product with its category and variants."""
    if "\0" in sku:
        return None
    return db().scalar(
        select(Product)
        .options(joinedload(Product.category), selectinload(Product.variants))
        .where(Product.sku == sku, Product.active == "Y")
    )


def _stocks(found: Product) -> dict[str, Stock]:
    """Variant sku → stock, of the active variants."""
    skus = [variant.sku for variant in found.variants if variant.active == "Y"]
    return {row.sku: row for row in db().scalars(select(Stock).where(Stock.sku.in_(skus)))}


def _price(found: Product) -> Json:
    list_price = amount(found.price)
    reduced = percent(found.disc_pct) > 0
    return {
        "price": write(effective(list_price, found.disc_pct)),
        "list_price": write(list_price),
        "discount_pct": (found.disc_pct or "").strip() if reduced else "",
        "on_sale": yes_no(reduced),
    }


def _entry(found: Product, pieces: int) -> Json:
    """A product in a list."""
    return {
        "sku": found.sku,
        "name": found.name,
        **_price(found),
        "category": found.cat_code,
        "colour": found.colour,
        "stock_text": stock_text(pieces, found.discontinued),
        "img": found.img,
    }


def _document(found: Product) -> Json:
    """A product on its own."""
    stocks = _stocks(found)
    pieces = sum(row.qty for row in stocks.values())
    return {
        "sku": found.sku,
        "name": found.name,
        "description": found.descr,
        "category": {"code": found.category.code, "name": found.category.name},
        **_price(found),
        "currency": "EUR",
        "active": found.active,
        "discontinued": found.discontinued,
        "colour": found.colour,
        "tags": tag_list(found.tags),
        "variants": [
            _variant(found, variant, stocks) for variant in found.variants if variant.active == "Y"
        ],
        "stock": pieces,
        "stock_text": stock_text(pieces, found.discontinued),
        "img": found.img,
        "weight": weight_text(found.weight_g),
        "created": stamp(found.created),
        "updated": stamp(found.updated),
    }


def _variant(found: Product, variant: Variant, stocks: dict[str, Stock]) -> Json:
    list_price = amount(found.price) + amount(variant.price_diff)
    return {
        "sku": variant.sku,
        "color": variant.color,
        "size": variant.size,
        "price": write(effective(list_price, found.disc_pct)),
        "stock": stocks[variant.sku].qty if variant.sku in stocks else 0,
    }
