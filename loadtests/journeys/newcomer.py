"""Somebody new, with a browser: opens an account, orders, changes their mind, and logs in again."""

from __future__ import annotations

from loadtests import pages
from loadtests.journeys import web
from loadtests.visitor import Visitor

CANCEL = 0.5
HOME = {"street": "Seeweg 3", "zip": "87629", "city": "Füssen"}


def join(person: Visitor) -> None:
    """Home page with all that belongs to it, an account, an order, out and in again."""
    web.with_its_files(person, person.get("/", "/", pages.page))
    person.pause()
    register(person)
    person.pause()
    order(person)
    person.pause()
    log_out(person)
    person.pause()
    web.log_in(person)


def register(person: Visitor) -> None:
    """By the form, under an address that nobody has; the shop then greets on its home page."""
    person.email = f"{person.ledger.name(person.dice.getrandbits(48))}@example.org".lower()
    person.password = "neu-hier-2016"
    fields = person.get("/register", "/register", pages.page).form("/register")
    fields |= {"email": person.email, "password": person.password, "name": "Eva Neu", **HOME}
    person.pause()
    person.post_form(
        "/register",
        "/register",
        fields,
        lambda answer: pages.at(answer, "/").must_say("Your account is ready."),
    )
    person.ledger.count("registrations")


def order(person: Visitor) -> None:
    """One thing through cart and checkout; the order's page, and perhaps its end."""
    wanted = web.fill_cart(person)
    number = web.check_out(person, wanted) if wanted else None
    if number is None:
        return
    person.pause()
    page = person.get(
        f"/orders/{number}", "/orders/{order_no}", lambda answer: pages.saying(answer, number)
    )
    if person.dice.random() < CANCEL:
        cancel(person, number, page)
    person.get("/orders", "/orders", lambda answer: pages.saying(answer, number))


def cancel(person: Visitor, number: str, page: pages.Page) -> None:
    """By the form on the order's page, which then says so."""
    path = f"/orders/{number}/cancel"
    person.pause()
    later = person.post_form(
        path,
        "/orders/{order_no}/cancel",
        page.form(path),
        lambda answer: pages.cancelled(answer, number),
    )
    if later is not None:
        web.wait_for(person, later)


def log_out(person: Visitor) -> None:
    """By the form in the header; the page that follows knows nobody."""
    fields = person.get("/cart", "/cart", pages.page).form("/logout")
    person.post_form(
        "/logout",
        "/logout",
        fields,
        lambda answer: pages.at(answer, "/").must_say("You are logged out.", "Log in"),
    )
