"""A shop that answers from a dict, and a visitor who goes there without a socket."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from loadtests.answer import Answer, Wrong
from loadtests.shop import Shop
from loadtests.visitor import Ask, Visitor

JSON = {"content-type": "application/json"}


def summary(sku: str, price: str = "90.00", list_price: str = "100.00", pct: str = "10") -> dict:
    return {
        "sku": sku,
        "name": f"Zelt {sku}",
        "price": price,
        "list_price": list_price,
        "discount_pct": pct,
        "on_sale": "Y" if pct else "N",
        "category": "TENT",
        "colour": "green",
        "stock_text": "In stock",
        "img": f"/img/{sku}.svg",
    }


def listing(*skus: str, page: int = 1, total: int | None = None) -> dict[str, Any]:
    count = len(skus) if total is None else total
    return {
        "products": [summary(sku) for sku in skus],
        "page": page,
        "per_page": 24,
        "total": count,
        "pages": -(-count // 24),
    }


def product(sku: str, stock: int = 3) -> dict[str, Any]:
    return {
        **summary(sku),
        "currency": "EUR",
        "variants": [{"sku": f"{sku}-0", "price": "90.00", "stock": stock}],
        "stock": stock,
    }


def html(body: str, path: str = "/", status: int = 200) -> Answer:
    """A whole page, as it arrives from `path`."""
    text = f"<!doctype html><html><body>{body}</body></html>\n"
    kind = {"content-type": "text/html; charset=utf-8"}
    return Answer(status, text.encode(), kind, url=f"http://127.0.0.1:1{path}")


def pending(saga: str) -> Answer:
    """Accepted for later."""
    body = json.dumps({"id": saga, "status": "PENDING"}).encode()
    return Answer(202, body, JSON | {"location": f"/api/order-requests/{saga}"})


def by_new(body: dict[str, Any]) -> Answer:
    """As the new side answers through the facade."""
    return Answer(200, json.dumps(body).encode(), JSON | {"fig-decision": "side=new; stage=new"})


class FakeShop:
    """A transport: `answers` maps "GET /path" to a body or (status, body); keeps failures."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[Ask] = []
        self.failures: list[str] = []

    def exchange(self, ask: Ask, judge: Callable[[Answer], None]) -> None:
        self.asked.append(ask)
        found = self.answers.get(f"{ask.method} {ask.path}", (404, {"error": "nothing here"}))
        found = found(ask) if callable(found) else found
        if isinstance(found, str):
            found = html(found, ask.path)
        if isinstance(found, Answer):
            self.judge(found, judge)
            return
        status, body = found if isinstance(found, tuple) else (200, found)
        self.judge(Answer(status, json.dumps(body).encode(), JSON), judge)

    def judge(self, answer: Answer, judge: Callable[[Answer], None]) -> None:
        try:
            judge(answer)
        except Wrong as wrong:
            self.failures.append(str(wrong))

    def paths(self) -> list[str]:
        return [f"{ask.method} {ask.path}" for ask in self.asked]


@pytest.fixture
def fake_shop() -> FakeShop:
    return FakeShop()


@pytest.fixture
def make_person(fake_shop: FakeShop) -> Callable[[int], Visitor]:
    shop = Shop(
        names={"AA-1": "Zelt AA-1", "BB-2": "Zelt BB-2"}, categories=("TENT",), words=("zelt",)
    )

    def make(seed: int = 1) -> Visitor:
        return Visitor(fake_shop, shop, random.Random(seed), pause=lambda: None)

    return make


@pytest.fixture
def bodies() -> Any:
    """The builders above, for tests that need a body."""

    class Bodies:
        listing = staticmethod(listing)
        product = staticmethod(product)
        summary = staticmethod(summary)
        html = staticmethod(html)
        pending = staticmethod(pending)
        by_new = staticmethod(by_new)

    return Bodies
