"""The shop of the run, with a stack and an answer in place of the real ones."""

import json
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from loadtests.chaos.pairs import shop
from loadtests.chaos.stack import ChaosFailed

PROCESSES = [
    {"name": "catalog", "state": "ready"}, {"name": "catalog-2", "state": "ready"},
    {"name": "legacy", "state": "ready"}, {"name": "orders", "state": "ready"},
    {"name": "orders-2", "state": "starting"},
]  # fmt: skip


class Stack(SimpleNamespace):
    """What the run looks at."""

    state = {"processes": PROCESSES}  # noqa: RUF012

    @contextmanager
    def database(self, name: str):
        assert name == "legacy"
        yield SimpleNamespace(execute=lambda *_: [("chaos-1", 2), ("chaos-2", 1)])

    def move(self, route: str, place: tuple[str, ...]) -> str:
        self.moves.append((route, place))
        return route


@pytest.fixture
def stack() -> Any:
    return Stack(moves=[])


class Answer:
    """In place of a connection."""

    asked: list[Any] = []  # noqa: RUF012
    status = 200

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, method: str, path: str, body: Any = None, headers: Any = None) -> Any:
        self.asked.append((method, path, body, headers))
        goods = json.dumps({"products": [{"sku": f"P-{n}"} for n in range(30)]}).encode()
        return self.status, {"set-cookie": "session=s1; Path=/\nafter=a; Path=/"}, goods


def test_who_runs_twice_and_whether_both_are_up(stack: Any) -> None:
    found = shop.pairs(stack)
    assert found == {"catalog": ("catalog", "catalog-2"), "orders": ("orders", "orders-2")}
    assert [shop.whole(stack, pair) for pair in found.values()] == [True, False]
    assert shop.done(stack) == {"chaos-1": 2, "chaos-2": 1}
    assert shop.skus(stack) == ["chaos-1", "chaos-2"]
    shop.moved(stack)
    assert ("place-order", ("new",)) in stack.moves


def test_what_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop, "Asking", Answer)
    assert shop.logged_in("http://x", 3) == {"Cookie": "session=s1"}
    found = shop.articles("http://x")
    assert found[:2] == ["/api/products/P-0", "/product/P-0"]
    assert len(found) == 2 * shop.GOODS_READ
    assert "/api/stock/a" in shop.paths(["a"]) and "/api/start" in shop.paths([])
    assert shop.order(Answer("http://x"), {"a": "b"}, "text", "a") == 200  # type: ignore[arg-type]
    method, path, body, headers = Answer.asked[-1]
    assert (method, path, headers) == ("POST", "/api/orders", {"a": "b"})
    assert (body["po_number"], body["lines"]) == ("text", [{"sku": "a", "qty": 1}])
    monkeypatch.setattr(Answer, "status", 401)
    with pytest.raises(ChaosFailed, match=r"kunde004@example\.org cannot log in: 401"):
        shop.logged_in("http://x", 3)
