"""A customer of the app: logs in, looks, orders, finds the order again."""

from __future__ import annotations

from loadtests import checks
from loadtests.answer import Answer
from loadtests.checks import Order, Pending, Refusal
from loadtests.journeys.browse import look
from loadtests.visitor import Visitor

AGAIN, CANCEL = 0.6, 0.15
PATIENCE = 120.0  # seconds in which an accepted order has to be finished


def buy(person: Visitor) -> None:
    """Log in, order one thing or several one after the other, look up each, cancel some."""
    person.get("/api/categories", "/api/categories", checks.categories)
    log_in(person)
    order_something(person)
    while person.dice.random() < AGAIN:
        person.pause()
        order_something(person)


def order_something(person: Visitor) -> None:
    """Put one or two things into an order, look it up, and cancel it now and then."""
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
    """As one of the customers the shop has had for years; the app then shows their orders.

    That first look is a part of logging in, and counted by itself: before it, nobody but the
    monolith knows whose session this is.
    """
    credentials = {"email": person.email, "password": person.password}
    person.post_json("/api/login", "/api/login", credentials, checks.logged_in)
    person.ledger.count("logins")
    person.get("/api/me", "/api/me", lambda answer: checks.whoami(answer, person.email))
    person.get("/api/orders", "/api/orders [after login]", checks.own_orders)
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
    """Order it, and wait for it when it is accepted for later; None when it is refused."""
    text = person.ledger.name(person.dice.getrandbits(48))
    body = {
        "lines": [{"sku": sku, "qty": quantity} for sku, quantity in wanted.items()],
        "pay_method": person.dice.choice(("invoice", "card")),
        "po_number": text,
    }
    person.ledger.write("asked", text, email=person.email)
    answer = person.post_json(
        "/api/orders", "/api/orders", body, lambda answer: checks.order_placed(answer, wanted)
    )
    kind = "placed"
    if isinstance(answer, Pending):
        person.ledger.write("pending", text, id=answer.path.rpartition("/")[2])
        kind, answer = "finished", wait_for(person, answer)
    if isinstance(answer, Refusal):
        person.ledger.write("refused", text, why=answer.why)
        return None
    person.ledger.write(kind, text, order_no=answer.number, total=str(answer.total))
    return answer


def wait_for(person: Visitor, pending: Pending) -> Order | Refusal:
    """Look now and then what has become of it."""
    until = person.clock() + PATIENCE

    def check(answer: Answer) -> Order | Pending | Refusal:
        return checks.request_looked_up(answer, pending, in_time=person.clock() < until)

    while True:
        person.pause()
        found = person.get(pending.path, "/api/order-requests/{id}", check)
        if not isinstance(found, Pending):
            return found


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
    later = person.post_json(
        f"/api/orders/{order.number}/cancel",
        "/api/orders/{order_no}/cancel",
        {},
        lambda answer: checks.order_cancelled(answer, order.number),
    )
    person.ledger.write("cancelled", order.number, order_no=order.number)
    if later is not None:
        wait_for(person, later)
