"""With a browser: pages instead of JSON, forms instead of bodies, up to an order by checkout."""

from __future__ import annotations

from urllib.parse import quote_plus

from loadtests import pages
from loadtests.visitor import Visitor


def wander(person: Visitor) -> None:
    """Home, something by word or by category, a product."""
    skus = person.get("/", "/", pages.listed)
    person.pause()
    if person.dice.random() < 0.5:
        word = person.dice.choice(person.shop.words)
        skus = person.get(f"/search?q={quote_plus(word)}", "/search", pages.listed)
    else:
        code = person.dice.choice(person.shop.categories)
        skus = person.get(f"/category/{code}", "/category/{code}", pages.listed)
    person.pause()
    open_product(person, person.dice.choice(skus))


def buy(person: Visitor) -> None:
    """Log in, put something into the cart, go to the checkout, find the order in the history."""
    log_in(person)
    wanted = fill_cart(person)
    if not wanted:
        return
    person.pause()
    number = check_out(person, wanted)
    if number is None:
        return
    person.pause()
    person.get("/orders", "/orders", lambda answer: pages.saying(answer, number))


def log_in(person: Visitor) -> None:
    """By the form; the shop then greets on its home page."""
    fields = person.get("/login", "/login", pages.page).form("/login")
    fields |= {"email": person.email, "password": person.password}
    person.pause()
    person.post_form("/login", "/login", fields, lambda answer: pages.at(answer, "/"))


def open_product(person: Visitor, sku: str) -> pages.Page:
    """A product's page says its name."""
    name = person.shop.names.get(sku, sku)
    return person.get(
        f"/product/{sku}", "/product/{sku}", lambda answer: pages.saying(answer, name)
    )


def with_its_files(person: Visitor, page: pages.Page) -> None:
    """What a browser fetches beside the page, and what programs ask every shop for."""
    for path in page.files():
        person.get(path, f"/{path.split('/')[1]}/…", pages.file)
    for path in ("/favicon.ico", "/robots.txt"):
        person.get(path, path, pages.file)


def fill_cart(person: Visitor) -> dict[str, int]:
    """Put one product that can be bought into the cart; empty when it is sold out."""
    sku = person.dice.choice(person.shop.skus)
    page = open_product(person, sku)
    if "/cart/add" not in page.actions():
        return {}
    fields = page.form("/cart/add") | {"qty": "1"}
    chosen = fields["sku"]
    person.pause()
    person.post_form(
        "/cart/add", "/cart/add", fields, lambda answer: pages.at(answer, "/cart").must_say(chosen)
    )
    return {chosen: 1}


def check_out(person: Visitor, wanted: dict[str, int]) -> str | None:
    """The last form; gives the order's number."""
    page = person.get("/checkout", "/checkout", lambda answer: pages.at(answer, "/checkout"))
    fields = page.form("/checkout") | {"pay_method": "invoice"}
    person.pause()
    return person.post_form(
        "/checkout", "/checkout", fields, lambda answer: pages.ordered(answer, wanted)
    )
