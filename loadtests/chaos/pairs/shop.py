"""The shop of the run: which services run twice, what is read, and how an order is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http.cookies import SimpleCookie
from typing import Final

from loadtests.chaos.journal import PREFIX
from loadtests.chaos.pairs.crowd import Asking
from loadtests.chaos.running import GOODS, say
from loadtests.chaos.stack import UP, ChaosFailed, Stack
from loadtests.chaos.trouble import FLIPPED
from loadtests.visitor import CUSTOMERS, PASSWORD

TWO: Final = "-2"  # the end of the second one's name
ROUTES: Final = (
    *("product-detail", "product-list", "category-list", "stock", *FLIPPED),
    *("home-page", "product-page", "category-page"),
)
GOODS_READ: Final = 8
_DONE: Final = f"""
SELECT split_part(po_number, ' ~', 1), count(*) FROM orders
WHERE po_number LIKE '{PREFIX}%' GROUP BY 1
"""


def pairs(stack: Stack) -> dict[str, tuple[str, str]]:
    """The services that run twice."""
    names = {one["name"] for one in stack.state["processes"]}
    return {name: (name, name + TWO) for name in sorted(names) if name + TWO in names}


def whole(stack: Stack, names: Sequence[str]) -> bool:
    """Whether all of these are up and ready."""
    states = {one["name"]: one["state"] for one in stack.state["processes"]}
    return all(states[name] in UP for name in names)


def moved(stack: Stack) -> None:
    """All that is asked here is answered by the new side."""
    for route in ROUTES:
        say(stack.move(route, ("new",)))


def skus(stack: Stack) -> list[str]:
    """Of goods that are there."""
    with stack.database("legacy") as legacy:
        return [str(row[0]) for row in legacy.execute(GOODS, [GOODS_READ])]


def paths(goods: Sequence[str]) -> list[str]:
    """What is read."""
    lists = ("/api/products", "/api/categories", "/api/orders", "/api/start", "/")
    return [*lists, *(f"/api/stock/{sku}" for sku in goods)]


def articles(url: str) -> list[str]:
    """The addresses of some articles, as the list has them."""
    _, _, body = Asking(url).ask("GET", "/api/products")
    found = [one["sku"] for one in json.loads(body)["products"][:GOODS_READ]]
    return [f"/{kind}/{sku}" for sku in found for kind in ("api/products", "product")]


def logged_in(url: str, number: int) -> Mapping[str, str]:
    """The header with the session of a customer."""
    email = f"kunde{1 + number % CUSTOMERS:03d}@example.org"
    status, headers, _ = Asking(url).ask(
        "POST", "/api/login", {"email": email, "password": PASSWORD}
    )
    cookie: SimpleCookie = SimpleCookie()
    for line in headers.get("set-cookie", "").splitlines():
        cookie.load(line)
    if status != 200 or "session" not in cookie:
        raise ChaosFailed(f"{email} cannot log in: {status}")
    return {"Cookie": f"session={cookie['session'].value}"}


def order(asking: Asking, headers: Mapping[str, str], text: str, sku: str) -> int:
    """One piece; the status."""
    body = {"lines": [{"sku": sku, "qty": 1}], "po_number": text, "pay_method": "invoice"}
    return asking.ask("POST", "/api/orders", body, headers)[0]


def done(stack: Stack) -> dict[str, int]:
    """How often legacy has each order, by its text."""
    with stack.database("legacy") as legacy:
        return {str(text): int(times) for text, times in legacy.execute(_DONE)}
