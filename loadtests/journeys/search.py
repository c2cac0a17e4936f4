"""A customer who searches: a word, perhaps the cheapest first, then the product."""

from __future__ import annotations

from urllib.parse import quote_plus

from loadtests import checks
from loadtests.answer import Answer, Wrong
from loadtests.checks import Listing
from loadtests.journeys.browse import look, open_list
from loadtests.visitor import Visitor

SORTS = ("name", "price", "-price", "newest")


def search(person: Visitor) -> None:
    """Open the app, type a word, reorder what comes, open something, check the shelf."""
    person.get("/api/categories", "/api/categories", checks.categories)
    word = person.dice.choice(person.shop.words)
    found = type_word(person, word)
    person.pause()
    sort = person.dice.choice(SORTS)
    found = open_list(person, f"q={quote_plus(word)}", sort=sort) if sort != "name" else found
    if not found.skus:
        return
    person.pause()
    product = look(person, person.dice.choice(found.skus))
    if product.variants and person.dice.random() < 0.5:
        person.pause()
        on_the_shelf(person, person.dice.choice(product.variants)[0])


def type_word(person: Visitor, word: str) -> Listing:
    """A word that several products carry in their name finds at least one of them."""

    def check(answer: Answer) -> Listing:
        found = checks.listing(answer)
        if not found.total:
            raise Wrong(f"nothing found for '{word}'")
        return found

    return person.get(f"/api/products?q={quote_plus(word)}", "/api/products", check)


def on_the_shelf(person: Visitor, sku: str) -> int:
    """Pieces left of one variant."""
    return person.get(
        f"/api/stock/{sku}", "/api/stock/{sku}", lambda answer: checks.stock(answer, sku)
    )
