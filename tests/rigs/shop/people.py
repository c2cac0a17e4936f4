"""Customers and staff of a running stack, by its facade's pages and API."""

import contextlib
import os
import re
import signal
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx2

from fig.commands.orders.order import SKU

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
ADMIN = {"email": "admin@example.org", "password": "admin-2016"}
ADDRESS = {"street": "Gasse 1", "zip": "6020", "city": "Füssen"}


def token(browser: httpx2.Client, page: str) -> str:
    """Of the form on this page."""
    found = TOKEN.search(browser.get(page).text)
    assert found is not None, page
    return found[1]


class People:
    """`fig` calls the command of a stack that runs; `until(what, check)` polls."""

    def __init__(self, fig: Any, until: Callable[..., None]) -> None:
        self.fig, self.until = fig, until
        self.url = f"http://127.0.0.1:{fig.state.ports['facade']}"
        self._open = contextlib.ExitStack()

    def __enter__(self) -> "People":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @contextlib.contextmanager
    def without(self, *names: str) -> Iterator[None]:
        """These processes stand still meanwhile, with everything that they started."""
        frozen = [self.fig.state.process(name).pid for name in names]
        try:
            for group in frozen:
                os.killpg(group, signal.SIGSTOP)
            yield
        finally:
            for group in frozen:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGCONT)

    def browser(self) -> httpx2.Client:
        """Of somebody new."""
        return self._open.enter_context(httpx2.Client(base_url=self.url, timeout=30))

    def send(self, person: httpx2.Client, page: str, path: str, **fields: str) -> httpx2.Response:
        """A form of this page."""
        return person.post(path, data={**fields, "csrf": token(person, page)})

    def registered(self, email: str) -> httpx2.Client:
        """Somebody who has just opened an account."""
        person = self.browser()
        form = {"email": email, "name": "Eva", "password": "pass word", **ADDRESS}
        answer = self.send(person, "/register", "/register", **form)
        assert answer.status_code == 302, answer.text
        assert person.get("/api/me").json()["email"] == email
        return person

    def boss(self) -> httpx2.Client:
        """One of the staff, logged in."""
        person = self.browser()
        answer = self.send(person, "/login", "/login", **ADMIN)
        assert answer.status_code == 302, answer.text
        return person

    def order(self, person: httpx2.Client, sku: str, pieces: int = 1) -> dict[str, Any]:
        """Placed; on a busy machine it may be promised first, or put off while prices are old."""
        body = {"lines": [{"sku": sku, "qty": pieces}], "pay_method": "card"}
        answers: list[httpx2.Response] = []

        def answered() -> bool:
            answers.append(person.post("/api/orders", json=body))
            return answers[-1].status_code != 503

        try:
            self.until("an answer", answered)
        except AssertionError as error:
            ready = f"http://127.0.0.1:{self.fig.state.ports['orders']}/readyz"
            raise AssertionError(f"{answers[-1].text} {httpx2.get(ready).text}") from error
        answer = answers[-1]
        if answer.status_code == 202:
            place = answer.headers["location"]
            self.until("placed", lambda: person.get(place).json()["status"] == "DONE")
            return dict(person.get(place).json()["order"])
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def product(self, sku: str) -> dict[str, Any]:
        """As a stranger reads it."""
        with httpx2.Client(base_url=self.url, timeout=30) as stranger:
            return dict(stranger.get(f"/api/products/{sku}").json())

    def pieces(self, sku: str, variant: str) -> int:
        """In stock, as the product's page says."""
        listed = self.product(sku)["variants"]
        return int(next(one["stock"] for one in listed if one["sku"] == variant))

    def one_to_buy(self) -> tuple[str, str]:
        """A variant with plenty of pieces, and its product; not what `fig order` takes."""
        listed = self.browser().get("/api/products").json()["products"]
        for item in (one for one in listed if not SKU.startswith(one["sku"])):
            for variant in self.product(item["sku"])["variants"]:
                if variant["stock"] > 20:
                    return variant["sku"], item["sku"]
        raise AssertionError("nothing to buy")

    def sold(self, boss: httpx2.Client) -> list[str]:
        """Today's lines of the spreadsheet."""
        today = datetime.now(ZoneInfo("Europe/Berlin")).date().isoformat()
        answer = boss.get(f"/admin/report.csv?from={today}&to={today}")
        assert answer.status_code == 200, answer.text
        return answer.text.splitlines()
