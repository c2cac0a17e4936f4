"""The way back after many orders, cancellations and prices on the new side: the monolith goes on.

Customers find their orders on its own pages, and a cancellation there is refunded here.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from loadtests import pages
from loadtests.answer import Answer, Wrong
from loadtests.chaos.journal import PREFIX
from loadtests.chaos.running import say, settled
from loadtests.chaos.stack import ChaosFailed, Stack
from loadtests.cutover.moves import moved
from loadtests.journeys import staff, web
from loadtests.shop import Shop
from loadtests.visitor import Ask, VisitEnds, Visitor

ASKED = 5  # customers who look at the monolith's pages, and cancel there
PRICE_SECONDS = 0.2  # between two prices
SECONDS = 20.0
# The newest first: they were placed while the new side owned the orders.
_PLACED = f"""
SELECT o.order_no, c.email, o.total FROM orders o JOIN customer c ON c.id = o.customer_id
WHERE o.po_number LIKE '{PREFIX}%%' AND o.po_number NOT LIKE '%% ~%%' AND o.status = %s
ORDER BY o.id DESC LIMIT %s
"""
_PAYMENT = "SELECT status FROM payment WHERE order_no = %s"


class Browser:
    """A `visitor.Transport`: a person's browser, without Locust."""

    def __init__(self, url: str) -> None:
        self._client = httpx2.Client(base_url=url, follow_redirects=True, timeout=SECONDS)

    def exchange(self, ask: Ask, judge: Callable[[Answer], None]) -> None:
        """Send, and judge the answer. Raises Wrong where it is not as it must be."""
        try:
            came = self._client.request(
                ask.method, ask.path, content=ask.body or None, headers=dict(ask.headers)
            )
        except httpx2.HTTPError as error:
            raise Wrong(f"no answer: {error}") from error
        judge(Answer(came.status_code, came.content, dict(came.headers), url=str(came.url)))


@dataclass
class Prices:
    """A member of the staff saves prices, from `with` to its end. `saved`: how many."""

    url: str
    seed: int
    saved: int = 0
    wrong: list[str] = field(default_factory=list)

    @contextmanager
    def meanwhile(self) -> Iterator[None]:
        """In a thread of its own."""
        ended = threading.Event()
        thread = threading.Thread(target=self._work, args=(ended,))
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _work(self, ended: threading.Event) -> None:
        person = visitor(self.url, *staff.ADMIN, seed=self.seed)
        try:
            web.log_in(person)
            skus = person.get("/admin/", "/admin/", staff.articles)
            while not ended.wait(PRICE_SECONDS):
                staff.save_price(person, person.dice.choice(skus))
                self.saved += 1
        except (Wrong, VisitEnds) as error:
            self.wrong.append(f"a price was not saved: {error}")


def visitor(url: str, email: str, password: str = "", seed: int = 1) -> Visitor:
    """A customer with a browser, who does not pause."""
    found = Visitor(Browser(url), Shop({}, (), ()), random.Random(seed), lambda: None)
    found.email, found.password = email, password or found.password
    return found


def owned_by_new(stack: Stack) -> None:
    """Goods and orders. Raises ChaosFailed."""
    for domain in ("goods", "orders"):
        if not (there := moved(stack, "new", domain)).good:
            raise ChaosFailed(f"{domain}: {there.line}")


def back(stack: Stack) -> None:
    """Both, orders first. Raises ChaosFailed."""
    for domain in ("orders", "goods"):
        said = moved(stack, "legacy", domain)
        say(f"{domain} {said.line}")
        if not said.good:
            raise ChaosFailed(f"{domain}: {said.line}")


def looked_at(stack: Stack) -> list[str]:
    """By customers, at the monolith's own port; what must not be."""
    url = f"http://127.0.0.1:{stack.state['ports']['legacy']}"
    with stack.database("legacy") as legacy:
        paid = legacy.execute(_PLACED, ["PAID", ASKED]).fetchall()
        gone = legacy.execute(_PLACED, ["CANCELLED", ASKED]).fetchall()
    found = [] if paid and gone else ["no order of ours, or no cancelled one, is in the monolith"]
    for number, email, total in paid:
        with _noting(found, number):
            _cancels(visitor(url, email), number, str(total))
    for number, email, _ in gone:
        with _noting(found, number):
            _sees(visitor(url, email), number, "Cancelled")
    found += settled(lambda: _not_refunded(stack, [row[0] for row in (*paid, *gone)]))
    say(f"on the monolith's pages: {len(paid)} orders of ours cancelled, {len(gone)} looked at")
    return found


@contextmanager
def _noting(found: list[str], number: str) -> Iterator[None]:
    try:
        yield
    except (Wrong, VisitEnds) as error:
        found.append(f"{number} on the monolith's pages: {error}")


def _sees(person: Visitor, number: str, *words: str) -> pages.Page:
    web.log_in(person)
    return person.get(f"/orders/{number}", "/orders", lambda got: pages.saying(got, number, *words))


def _cancels(person: Visitor, number: str, total: str) -> None:
    page = _sees(person, number, "Paid", f"{total} €")
    path = f"/orders/{number}/cancel"
    fields = page.form(path)
    person.post_form(path, path, fields, lambda got: pages.saying(got, number, "Cancelled"))


def _not_refunded(stack: Stack, numbers: list[str]) -> list[str]:
    with stack.database("payments") as payments:
        states = {each: _one(payments.execute(_PAYMENT, [each])) for each in numbers}
    return [
        f"{number} was cancelled, and its payment is {state}"
        for number, state in states.items()
        if state not in ("refunded", "voided")
    ]


def _one(rows: Any) -> str:
    row = rows.fetchone()
    return str(row[0]) if row else "missing"


def until_placed(count: int, placed: Callable[[], int], patience: float = 600.0) -> None:
    """Raises ChaosFailed where so many do not come."""
    until = time.monotonic() + patience
    while placed() < count:
        if time.monotonic() > until:
            raise ChaosFailed(f"only {placed()} of {count} orders were placed")
        time.sleep(0.5)
