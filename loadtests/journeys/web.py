"""With a browser: pages instead of JSON, forms instead of bodies, up to an order by checkout."""

from __future__ import annotations

from urllib.parse import quote_plus

from loadtests import pages
from loadtests.answer import Answer
from loadtests.journeys.buy import PATIENCE
from loadtests.visitor import Visitor

MISTYPE = 0.1
SORTS = ("", "", "sort=price", "sort=-price&page=1", "sort=newest&utm_source=mail")


def wander(person: Visitor) -> None:
    """Home, something by word or by category, a product; now and then one that there is not."""
    skus = person.get("/", "/", pages.listed)
    person.pause()
    sort = person.dice.choice(SORTS)
    if person.dice.random() < 0.5:
        path, query = "/search", f"q={quote_plus(person.dice.choice(person.shop.words))}"
    else:
        path, query = f"/category/{person.dice.choice(person.shop.categories)}", ""
    query = "&".join(part for part in (query, sort) if part)
    name = "/search" if path == "/search" else "/category/{code}"
    skus = person.get(f"{path}?{query}" if query else path, name, pages.listed)
    person.pause()
    open_product(person, person.dice.choice(skus))
    if person.dice.random() < MISTYPE:
        lost(person)


def lost(person: Visitor) -> None:
    """Old links and mistyped numbers lead to a page that says so."""
    for path, name in ("/product/XX-", "/product/{sku}"), ("/category/XX-", "/category/{code}"):
        person.pause()
        number = person.dice.randint(10_000, 99_999)
        person.get(f"{path}{number}", name, nothing_here)


def nothing_here(answer: Answer) -> None:
    """A whole page, with the status of its kind."""
    pages.page(answer, 404).must_say("Nothing here")


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
    person.ledger.count("logins")


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
    number = person.post_form(
        "/checkout", "/checkout", fields, lambda answer: pages.ordered(answer, wanted)
    )
    if isinstance(number, pages.Accepted):
        number = wait_for(person, number)
    if number is not None:
        person.ledger.count("checkouts")
    return number


def wait_for(person: Visitor, accepted: pages.Accepted) -> str | None:
    """Look now and then what has become of it; the order's number, None when it was refused."""
    until = person.clock() + PATIENCE
    found: str | pages.Accepted | None = accepted
    while isinstance(found, pages.Accepted):
        person.pause()
        found = person.get(
            found.path,
            "/order-requests/{id}",
            lambda answer: pages.progress(answer, in_time=person.clock() < until),
        )
    return found
