"""What Locust loads for `make cutover`: customers who order by the API, and some by the pages.

Both write the same journal; the variables are those of loadtests.chaos.customers.
"""

from __future__ import annotations

import re
import time
import uuid
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import gevent
from locust import FastHttpUser, constant_throughput, task
from locust.exception import StopUser
from locust.user.task import LOCUST_STATE_STOPPING

from loadtests import pages
from loadtests.answer import Answer, Wrong
from loadtests.chaos.customers import CANCEL, DICE, JOURNAL, LOGIN_PAUSE, LOOK, PACE, SKUS, Customer
from loadtests.chaos.journal import PREFIX
from loadtests.transport import answer_of
from loadtests.visitor import CUSTOMERS, PASSWORD

__all__ = ["Customer", "PageCustomer"]  # half of them each
ACCEPTED = re.compile(r"/order-requests/([\w-]+)$")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class PageCustomer(FastHttpUser):
    """Cart, checkout, the order's page; one variant at a time."""

    wait_time = constant_throughput(PACE)
    network_timeout = 20.0
    connection_timeout = 5.0
    _took = 0.0  # seconds, from the last question to its answer

    def on_start(self) -> None:
        """Log in by the form, for as long as it takes; a new session has an empty cart."""
        email = f"kunde{DICE.randint(1, CUSTOMERS):03d}@example.org"
        while True:
            if self._state == LOCUST_STATE_STOPPING:
                raise StopUser
            self.client.cookiejar.clear()
            try:
                fields = pages.page(self._send("GET", "/login", "/login")).form("/login")
                fields |= {"email": email, "password": PASSWORD}
                pages.at(self._send("POST", "/login", "/login", fields), "/")
            except Wrong:
                gevent.sleep(LOGIN_PAUSE)
            else:
                return

    @task
    def order(self) -> None:
        """Put something into the cart, order it, look it up, perhaps cancel."""
        sku, text = DICE.choice(SKUS), PREFIX + uuid.UUID(int=DICE.getrandbits(128)).hex[:20]
        try:
            pages.at(
                self._send("POST", "/cart/add", "/cart/add", {"sku": sku, "qty": "1"}), "/cart"
            )
            page = pages.at(self._send("GET", "/checkout", "/checkout"), "/checkout")
            fields = page.form("/checkout") | {"po_number": text}
        except Wrong:
            self.on_start()
            return
        JOURNAL.write("asked", text, lines={sku: 1})
        answer = self._send("POST", "/checkout", "/checkout [order]", fields)
        status, body = as_api(answer)
        JOURNAL.write("answered", text, status=status, body=body, took=round(self._took, 3))
        if status == HTTPStatus.CREATED:
            self._afterwards(text, body["order_no"])
        elif status != HTTPStatus.ACCEPTED:
            self.on_start()

    def _afterwards(self, text: str, order_no: str) -> None:
        here = f"/orders/{order_no}"
        if DICE.random() < LOOK:
            self._look(text, "/orders", "/orders", order_no)
        if DICE.random() < CANCEL:
            answer = self._send("POST", f"{here}/cancel", "/orders/{order_no}/cancel", {})
            JOURNAL.write("cancelled", text, status=answer.status, took=round(self._took, 3))
            self._look(text, here, "/orders/{order_no}", order_no)

    def _look(self, text: str, path: str, name: str, order_no: str) -> None:
        """A page shows the order, or does not; its own page has its status as a badge."""
        answer = self._send("GET", path, name)
        gone = path != "/orders" and "badge cancelled" in answer.text
        shown = None if order_no not in answer.text else "CANCELLED" if gone else "placed"
        age = answer.headers.get("age")
        JOURNAL.write(
            "read", text, status=answer.status, path=name, shown=shown, age=age,
            took=round(self._took, 3),
        )  # fmt: skip

    def _send(
        self, method: str, path: str, name: str, fields: dict[str, str] | None = None
    ) -> Answer:
        """The answer that redirects led to. Troubled ones are counted, not failed."""
        began = time.monotonic()
        body = None if fields is None else urlencode(fields)
        headers = {} if fields is None else FORM
        with self.client.request(
            method, path, name=name, data=body, headers=headers, catch_response=True
        ) as response:
            self._took = time.monotonic() - began
            answer = answer_of(response)
            if answer.status == 0 or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                response.failure(f"{answer.status}")
            else:
                response.success()
        return answer


def as_api(answer: Answer) -> tuple[int, dict[str, Any]]:
    """Status and body as the API would have given them."""
    path = urlsplit(answer.url).path
    if answer.status == HTTPStatus.OK:
        if placed := pages.ORDER_PATH.match(path):
            return 201, {"order_no": placed[1], "total": ""}
        if accepted := ACCEPTED.match(path):
            return 202, {"id": accepted[1]}
    return answer.status, {}
