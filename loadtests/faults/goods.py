"""What goes wrong in one product. A bend gets a product as JSON, whole or as a list's member, and
gives it bent; a member that has not what the bend is about comes out as it was."""

import html
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

import orjson

from chassis.web.app import JsonBytes
from new_services.catalog.domain import discounted

Json = dict[str, Any]
Bend = Callable[[Json], Json]


def spoiler(bend: Bend) -> Callable[[JsonBytes], JsonBytes]:
    """Bends the product of an answer, or every product of a list; other answers stay."""

    def spoil(answer: JsonBytes) -> JsonBytes:
        found = orjson.loads(answer.body)
        if "sku" in found and "error" not in found:
            found = bend(found)
        elif "products" in found:
            found["products"] = [bend(one) for one in found["products"]]
        else:
            return answer
        return JsonBytes(orjson.dumps(found), answer.status_code)

    return spoil


def _put(name: str, change: Callable[[Any], Any]) -> Bend:
    """Changes one field, where there is one."""
    return lambda one: one | {name: change(one[name])} if name in one else one


def _without(name: str) -> Bend:
    return lambda one: {key: value for key, value in one.items() if key != name}


def _renamed(name: str, other: str) -> Bend:
    return lambda one: {(other if key == name else key): value for key, value in one.items()}


def _inside(name: str, change: Callable[[Any], Any]) -> Bend:
    """Changes what a whole product has inside; a list's member has only a word there."""
    return lambda one: (
        one | {name: change(one[name])} if isinstance(one.get(name), list | dict) else one
    )


def _round_discounts_down(product: Json) -> Json:
    if not product["discount_pct"]:
        return product
    right, percent = product["price"], product["discount_pct"]
    wrong = str(discounted(Decimal(product["list_price"]), percent, ROUND_DOWN))
    bent = product | {"price": wrong}
    if "variants" in product:
        bent["variants"] = [
            # A variant of the product's own price makes the same mistake.
            variant | {"price": wrong} if variant["price"] == right else variant
            for variant in product["variants"]
        ]
    return bent


def _shifted(text: str) -> str:
    return str(datetime.fromisoformat(text) - timedelta(hours=1))


def _dearer_last(variants: list[Json]) -> list[Json]:
    *others, last = variants
    return [*others, last | {"price": str(Decimal(last["price"]) + 1)}]


BENDS: dict[str, tuple[str, Bend]] = {
    "discount-rounding": (
        "prices after a discount are rounded down instead of half up",
        _round_discounts_down,
    ),
    "price-decimals": ("prices lose their last digit", _put("price", lambda p: p[:-1])),
    "price-number": ("prices are numbers, not texts", _put("price", float)),
    "price-cents": ("prices are in cents", _put("price", lambda p: p.replace(".", ""))),
    "price-comma": ("prices have a comma", _put("price", lambda p: p.replace(".", ","))),
    "price-currency": ("prices carry their currency", _put("price", lambda p: f"{p} EUR")),
    "list-price-cent": (
        "list prices are a cent too low",
        _put("list_price", lambda p: str(Decimal(p) - Decimal("0.01"))),
    ),
    "variant-price": ("the last variant is dearer", _inside("variants", _dearer_last)),
    "currency-lost": ("the currency is missing", _without("currency")),
    "colour-renamed": ("colour is spelt color", _renamed("colour", "color")),
    "id-added": ("an inner number gets out", lambda one: one | {"id": 17}),
    "category-flat": ("the category is a word", _inside("category", lambda c: c["code"])),
    "category-name-null": (
        "the category has no name",
        _inside("category", lambda c: c | {"name": None}),
    ),
    "null-for-empty": ("no discount is null, not empty", _put("discount_pct", lambda p: p or None)),
    "zero-for-empty": ("no discount is 0, not empty", _put("discount_pct", lambda p: p or "0")),
    "flag-boolean": ("Y and N become true and false", _put("on_sale", lambda flag: flag == "Y")),
    "flag-turned": ("nothing is on sale", _put("on_sale", lambda _: "N")),
    "active-lost": ("the flag active is missing", _without("active")),
    "sku-case": ("skus are in lower case", _put("sku", str.lower)),
    "name-case": ("names are in capitals", _put("name", str.upper)),
    "name-cut": ("names end after eight signs", _put("name", lambda name: name[:8])),
    "name-space": ("names end with a space", _put("name", lambda name: f"{name} ")),
    "name-mojibake": (
        "names are read in the wrong encoding",
        _put("name", lambda n: n.encode().decode("latin-1")),
    ),
    "name-ascii": (
        "signs beyond ASCII are lost",
        _put("name", lambda n: n.encode("ascii", "replace").decode()),
    ),
    "name-decomposed": (
        "accents are signs of their own",
        _put("name", lambda n: unicodedata.normalize("NFD", n)),
    ),
    "text-escaped": ("descriptions are escaped twice", _put("description", html.escape)),
    "time-zone": ("times are an hour off", _put("created", _shifted)),
    "time-format": (
        "times are written with T and Z",
        _put("created", lambda t: f"{t.replace(' ', 'T')}Z"),
    ),
    "time-cut": ("times are days", _put("updated", lambda t: t[:10])),
    "stock-stale": ("stock is what it was a sale ago", _put("stock", lambda n: n + 1)),
    "stock-text": ("stock is a text", _put("stock", str)),
    "stock-float": ("stock has decimals", _put("stock", float)),
    "stock-words": (
        "a typo is put right",
        _put("stock_text", lambda t: t.replace("lefts", "left")),
    ),
    "variant-stock": (
        "variants are sold out",
        _inside("variants", lambda all_: [v | {"stock": 0} for v in all_]),
    ),
    "variant-lost": ("the last variant is missing", _inside("variants", lambda all_: all_[:-1])),
    "variant-twice": (
        "the first variant comes twice",
        _inside("variants", lambda all_: [*all_, all_[0]]),
    ),
    "variants-empty": ("there are no variants", _inside("variants", lambda _: [])),
    "variant-size-lost": (
        "variants have no size",
        _inside("variants", lambda all_: [_without("size")(v) for v in all_]),
    ),
    "tag-lost": ("the last tag is missing", _inside("tags", lambda tags: tags[:-1])),
    "tags-joined": ("tags are one text", _inside("tags", ", ".join)),
    "image-absolute": ("pictures have a host", _put("img", lambda path: f"http://img/{path}")),
    "weight-grams": (
        "weights are in grams",
        _put("weight", lambda w: f"{int(Decimal(w[:-3]) * 1000)} g" if w else w),
    ),
}
