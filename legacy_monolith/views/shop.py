"""Home, search, categories and a product's page."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from legacy_monolith.database import db
from legacy_monolith.models import Category, Product, Stock, Variant
from legacy_monolith.shop import cart
from legacy_monolith.shop.listing import Listing, Query, UnknownCategory, find, listed, stock_of
from legacy_monolith.shop.money import amount, effective, percent, write
from legacy_monolith.shop.texts import stock_text, tag_list, weight_text

blueprint = Blueprint("shop", __name__)

SORTS = {"name": "Name", "price": "Price, low first", "-price": "Price, high first"}
SORTS |= {"newest": "Newest"}
# What a page may say after a form was sent: the address carries the key, never the text.
NOTICES = {
    "added": "Added to your cart.",
    "updated": "Your cart is up to date.",
    "saved": "Saved.",
    "welcome": "Welcome! Your account is ready.",
    "hello": "Good to see you again.",
    "bye": "You are logged out.",
    "cancelled": "The order is cancelled; you get your money back.",
    "shipped": "Too late: this order cannot be cancelled any more.",
}


# Picture and colour of the big categories' doors on the home page.
DOORS = {
    "CLOTHING": ("jacket", "teal"),
    "FOOTWEAR": ("boot", "brown"),
    "CAMPING": ("tent", "orange"),
    "PACKS": ("backpack", "green"),
    "CLIMBING": ("rope", "violet"),
    "EQUIPMENT": ("lamp", "blue"),
}
ANY_DOOR = ("bottle", "grey")


def menu() -> list[Category]:
    """The big categories."""
    big = select(Category).where(Category.parent_code.is_(None))
    return list(db().scalars(big.order_by(Category.sort_no, Category.code)))


def notice() -> str | None:
    """What the page before has to tell."""
    return NOTICES.get(request.args.get("ok", ""))


def cart_pieces() -> int:
    return sum(cart.read(request.cookies.get(cart.COOKIE)).values())


@blueprint.get("/")
def home() -> ResponseReturnValue:
    newest = find(db(), Query(sort="newest", per_page=8))
    reduced = select(Product).where(listed(), Product.disc_pct.not_in(("", "0")))
    offers = list(db().scalars(reduced.order_by(Product.updated.desc(), Product.sku).limit(8)))
    stock = stock_of(db(), offers)
    return render_template(
        "home.html",
        newest=cards(newest.products, newest.stock),
        offers=cards(offers, stock),
        doors=defaultdict(lambda: ANY_DOOR, DOORS),
    )


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    query = Query.read(request.args)
    words = " ".join(query.words)
    return _list_page(query, title=f"Search: {words}" if words else "All articles")


@blueprint.get("/category/<code>")
def category(code: str) -> ResponseReturnValue:
    found = db().get(Category, code.replace("\0", ""))
    if found is None:
        abort(404, "We have no such category.")
    parent = db().get(Category, found.parent_code) if found.parent_code else None
    children = select(Category).where(Category.parent_code == code).order_by(Category.sort_no)
    query = replace(Query.read(request.args), category=code)
    return _list_page(
        query, found.name, parent=parent, children=list(db().scalars(children)), code=code
    )


@blueprint.get("/product/<sku>")
def product(sku: str) -> ResponseReturnValue:
    found = db().scalar(
        select(Product)
        .options(joinedload(Product.category), selectinload(Product.variants))
        .where(Product.sku == sku.upper().replace("\0", ""), Product.active == "Y")
    )
    if found is None:
        abort(404, "We do not have this article (any more).")
    variants = [variant for variant in found.variants if variant.active == "Y"]
    rows = select(Stock.sku, Stock.qty).where(Stock.sku.in_([v.sku for v in variants]))
    left = dict(db().execute(rows).all())
    pieces = sum(left.values())
    list_price = amount(found.price)
    choices = [
        {
            "sku": variant.sku,
            "label": _label(variant),
            "price": write(effective(list_price + amount(variant.price_diff), found.disc_pct)),
            "left": left.get(variant.sku, 0),
            "text": stock_text(left.get(variant.sku, 0), found.discontinued),
        }
        for variant in variants
    ]
    return render_template(
        "product.html",
        product=found,
        card=card(found, pieces),
        choices=choices,
        tags=tag_list(found.tags),
        weight=weight_text(found.weight_g),
    )


def _label(variant: Variant) -> str:
    """The label that distinguishes a variant from the others."""
    return " / ".join(part for part in (variant.color, variant.size) if part) or "one size"


def cards(products: list[Product], stock: dict[int, int]) -> list[dict[str, Any]]:
    return [card(entry, stock[entry.id]) for entry in products]


def card(entry: Product, pieces: int) -> dict[str, Any]:
    """What a product's tile shows."""
    list_price = amount(entry.price)
    return {
        "sku": entry.sku,
        "name": entry.name,
        "img": entry.img,
        "colour": entry.colour,
        "price": write(effective(list_price, entry.disc_pct)),
        "list_price": write(list_price),
        "percent": (entry.disc_pct or "").strip() if percent(entry.disc_pct) > 0 else "",
        "stock_text": stock_text(pieces, entry.discontinued),
        "buyable": pieces > 0,
    }


def _list_page(query: Query, title: str, **extra: Any) -> ResponseReturnValue:
    try:
        found = find(db(), query)
    except UnknownCategory:
        found = Listing([], {}, 0, query)
    return render_template(
        "list.html",
        title=title,
        query=query,
        listing=found,
        cards=cards(found.products, found.stock),
        sorts=SORTS,
        address=_address,
        **extra,
    )


def _address(**changes: Any) -> str:
    """This list again, in another order or at another page."""
    wanted = {**request.args, **(request.view_args or {}), **changes}
    wanted.pop("ok", None)
    return url_for(request.endpoint or "shop.search", **wanted)
