"""What the small shop sells and who buys there: rows by entity, the same at each call. Pure.

Customers have the addresses and the password that those of the seeded monolith have, so that the
load and `fig order` find them. This shop has no real ones.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.feed import entities

Row = Mapping[str, Any]
CUSTOMERS = 500
PASSWORD = "wander-2016"
ADMIN = "admin@example.org"
ADMIN_PASSWORD = "admin-2016"
OPENED = "2026-07-01 09:00:00"  # the shop's wall clock
PIECES = 1_000  # of each variant

CATEGORIES = (
    ("CLOTHING", "Clothing", None),
    ("JACKETS", "Jackets", "CLOTHING"),
    ("SHIRTS", "Shirts & Base Layers", "CLOTHING"),
    ("FOOTWEAR", "Footwear", None),
    ("BOOTS", "Hiking Boots", "FOOTWEAR"),
    ("CAMPING", "Camping", None),
    ("TENTS", "Tents", "CAMPING"),
    ("LAMPS", "Lamps & Light", "CAMPING"),
)
LINES = ("Alpin", "Fjord", "Nordwind", "Granit", "Lärche", "Morgenrot", "Isar", "Zugspitze")
GRADES = ("Light", "Classic", "Trail", "Expedition")
COLOURS = ("Green", "Grey", "Red")


@dataclass(frozen=True)
class Kind:
    """A kind of article; the price in whole euros, the weight in grams, of the first one."""

    category: str
    prefix: str
    noun: str
    price: int
    weight: int
    sizes: tuple[str, ...]


KINDS = (
    Kind("JACKETS", "JKT", "Rain Jacket", 129, 420, ("S", "M", "L", "XL")),
    Kind("SHIRTS", "SHT", "Merino Shirt", 59, 180, ("S", "M", "L")),
    Kind("BOOTS", "BTS", "Hiking Boots", 179, 1200, ("40", "41", "42", "43", "44")),
    Kind("TENTS", "TNT", "Tunnel Tent", 349, 2600, ("",)),
    Kind("LAMPS", "LMP", "Head Lamp", 39, 90, ("",)),
)
PICTURES = {"JKT": "jacket", "SHT": "shirt", "BTS": "boot", "TNT": "tent", "LMP": "lamp"}
DISCOUNTS = ("", "", "", "10", "", "25")


def rows() -> Mapping[str, list[Row]]:
    """Every entity that a service keeps rows of; no order was ever placed here."""
    products = [*_products()]
    variants = [*_variants(products)]
    skus = [str(each["sku"]) for each in variants]
    return {
        entities.CATEGORY: [
            {"code": code, "name": name, "parent_code": parent, "position": place}
            for place, (code, name, parent) in enumerate(CATEGORIES, start=1)
        ],
        entities.PRODUCT: products,
        entities.VARIANT: variants,
        entities.STOCK: [{"sku": sku, "quantity": PIECES, "updated": OPENED} for sku in skus],
        entities.MOVEMENT: [
            {"id": number, "sku": sku, "change": PIECES, "reason": "INIT", "order_no": None,
             "created": OPENED}
            for number, sku in enumerate(skus, start=1)
        ],
        entities.CUSTOMER: [*_customers()],
        entities.ORDER: [],
        entities.LINE: [],
        entities.PAYMENT: [],
    }  # fmt: skip


def _products() -> Iterator[Row]:
    for place in range(len(KINDS) * len(LINES)):
        kind, line = KINDS[place % len(KINDS)], LINES[place // len(KINDS)]
        grade = GRADES[place % len(GRADES)]
        colour = COLOURS[place % len(COLOURS)]
        tags = ["hiking", kind.category.lower()]
        price = f"{kind.price + 10 * (place // len(KINDS))}.95"
        yield {
            "id": place + 1, "sku": f"{kind.prefix}-{20001 + place}",
            "name": f"{line} {grade} {kind.noun}",
            "description": f"{kind.noun} of the line {line}. Made to be mended.",
            "category_code": kind.category, "list_price": price, "price_text": price,
            "discount_percent": DISCOUNTS[place % len(DISCOUNTS)],
            "discount_text": DISCOUNTS[place % len(DISCOUNTS)],
            "colour": colour, "tags": tags, "tags_text": ", ".join(tags),
            "active": True, "discontinued": False, "weight_grams": kind.weight,
            "image": f"/img/{PICTURES[kind.prefix]}-{colour.lower()}.svg",
            "created": OPENED, "updated": OPENED,
        }  # fmt: skip


def _variants(products: list[Row]) -> Iterator[Row]:
    number = 0
    for place, product in enumerate(products):
        for size in KINDS[place % len(KINDS)].sizes:
            number += 1
            yield {
                "id": number, "product_id": product["id"],
                "sku": f"{product['sku']}-{size or '0'}",
                "colour": str(product["colour"]).lower(), "size": size,
                "price_difference": "10.00" if size == "XL" else "0.00", "active": True,
            }  # fmt: skip


def _customers() -> Iterator[Row]:
    """As many as the seeded monolith has, and at last the one for the back office."""
    for number in range(1, CUSTOMERS + 2):
        admin = number > CUSTOMERS
        yield {
            "id": number, "email": ADMIN if admin else f"kunde{number:03d}@example.org",
            "name": f"Kim {LINES[number % len(LINES)]}", "admin": admin,
            "street": f"Hauptstraße {number}", "zip": f"{80000 + number}", "city": "München",
            "country": "DE", "created": OPENED,
        }  # fmt: skip
