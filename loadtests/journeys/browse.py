"""Somebody with time: the categories, a list, the next page, and a product or two."""

from __future__ import annotations

from loadtests import checks
from loadtests.checks import Listing, Product
from loadtests.visitor import Visitor

MISTYPE = 0.04


def browse(person: Visitor) -> None:
    """Open the app and wander through one category."""
    codes = person.get("/api/categories", "/api/categories", checks.categories)
    person.pause()
    code = person.dice.choice([code for code in codes if code in person.shop.categories])
    page = open_list(person, f"category={code}")
    if page.pages > 1 and person.dice.random() < 0.5:
        person.pause()
        page = open_list(person, f"category={code}", page=2)
    for sku in pick(person, page):
        person.pause()
        look(person, sku)
    if person.dice.random() < MISTYPE:
        lost(person)


def open_list(person: Visitor, query: str, page: int = 1, sort: str = "name") -> Listing:
    """One page of products."""
    path = f"/api/products?{query}" + (f"&page={page}" if page > 1 else "")
    path += f"&sort={sort}" if sort != "name" else ""
    return person.get(path, "/api/products", lambda answer: checks.listing(answer, page, sort=sort))


def look(person: Visitor, sku: str) -> Product:
    return person.get(
        f"/api/products/{sku}", "/api/products/{sku}", lambda answer: checks.product(answer, sku)
    )


def pick(person: Visitor, page: Listing) -> list[str]:
    """Up to two products that caught the eye, on this page or on a poster outside."""
    if not page.skus:
        return [person.shop.popular(person.dice)]
    return person.dice.sample(page.skus, min(2, len(page.skus)))


def lost(person: Visitor) -> None:
    """Old links and mistyped numbers: the shop's way to say no must stay the same."""
    person.pause()
    sku = f"XX-{person.dice.randint(10_000, 99_999)}"
    person.get(
        f"/api/products/{sku}",
        "/api/products/{sku}",
        lambda answer: checks.no_such_product(answer, sku),
    )
    person.pause()
    person.get("/api/products?category=attic", "/api/products", checks.unknown_category)
