"""Somebody who buys in the app: logs in, looks, orders, finds the order again."""

from __future__ import annotations

from loadtests import checks
from loadtests.checks import Order
from loadtests.journeys.browse import look
from loadtests.visitor import Visitor

CANCEL = 0.1


def buy(person: Visitor) -> None:
    """Log in, put one or two things into an order, look it up, change one's mind now and then."""
    person.get("/api/categories", "/api/categories", checks.categories)
    log_in(person)
    wanted = choose(person)
    if not wanted:
        return
    person.pause()
    order = place(person, wanted)
    if order is None:
        return
    person.pause()
    find_again(person, order)
    if person.dice.random() < CANCEL:
        person.pause()
        cancel(person, order)


def log_in(person: Visitor) -> None:
    """As one of the customers the shop has had for years."""
    credentials = {"email": person.email, "password": person.password}
    person.post_json("/api/login", "/api/login", credentials, checks.logged_in)
    person.get("/api/me", "/api/me", lambda answer: checks.whoami(answer, person.email))
    person.pause()


def choose(person: Visitor) -> dict[str, int]:
    """Variant sku → quantity, of one or two products that are in stock."""
    wanted: dict[str, int] = {}
    for _ in range(person.dice.randint(1, 2)):
        product = look(person, person.dice.choice(person.shop.skus))
        in_stock = [(sku, stock) for sku, stock in product.variants if stock]
        person.pause()
        if in_stock:
            sku, stock = person.dice.choice(in_stock)
            wanted[sku] = person.dice.randint(1, min(2, stock))
    return wanted


def place(person: Visitor, wanted: dict[str, int]) -> Order | None:
    """Order it; None when the last piece was sold meanwhile."""
    lines = [{"sku": sku, "qty": quantity} for sku, quantity in wanted.items()]
    body = {"lines": lines, "pay_method": person.dice.choice(("invoice", "card"))}
    return person.post_json(
        "/api/orders", "/api/orders", body, lambda answer: checks.order_placed(answer, wanted)
    )


def find_again(person: Visitor, order: Order) -> None:
    """The order is in the history, and says the same as when it was placed."""
    person.get(
        "/api/orders", "/api/orders", lambda answer: checks.order_history(answer, order.number)
    )
    person.pause()
    person.get(
        f"/api/orders/{order.number}",
        "/api/orders/{order_no}",
        lambda answer: checks.order(answer, order),
    )


def cancel(person: Visitor, order: Order) -> None:
    """Change one's mind."""
    person.post_json(
        f"/api/orders/{order.number}/cancel",
        "/api/orders/{order_no}/cancel",
        {},
        lambda answer: checks.order_cancelled(answer, order.number),
    )
