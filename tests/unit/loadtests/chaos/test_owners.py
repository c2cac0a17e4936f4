"""A domain is moved as far as its service and the route file let it; each ends with its say."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from chassis.cli.calls import NoAnswer
from loadtests.chaos import owners
from loadtests.chaos.owners import Owners

LEGACY, NEW = {"phase": "settled", "owner": "legacy"}, {"phase": "settled", "owner": "new"}


class Stack:
    """Notes what is asked; `refuse` is a word of the calls that do not work."""

    def __init__(self, refuse: str = "none") -> None:
        self.editing, self.refuse, self.said = threading.RLock(), refuse, []
        self.state = {"ports": {"orders": 1, "orders-2": 2}}

    def flip(self, route: str, _: tuple[str, ...]) -> str:
        self.said.append(f"flip {route}")
        return f"{route} refused: no" if self.refuse == "flip" else route

    def facade(self, *words: str) -> Any:
        self.said.append(" ".join(words))
        code = int(words[-1] == self.refuse)
        return SimpleNamespace(returncode=code, stderr="no" * code, stdout="")


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What it answers, one after the other; the first instance is away."""
    answers: list[Any] = []

    def call(url: str, **_: object) -> Any:
        if ":1/" in url or not answers:
            raise NoAnswer(url, "away")
        return answers.pop(0)

    monkeypatch.setattr(owners, "call_object", call)
    monkeypatch.setattr(owners, "PATIENCE_SECONDS", 0.05)
    return answers


def test_it_goes_to_the_other_owner_and_the_file_follows(service: list[Any]) -> None:
    service += [LEGACY, {"phase": "moving", "owner": "legacy"}, NEW]
    stack: Any = Stack()
    assert Owners(stack).move("orders") == "orders is owned by new"
    assert stack.said == [
        "flip place-order", "flip cancel-order", "owner orders moving", "owner orders new",
    ]  # fmt: skip


def test_an_attempt_that_fails_says_why(service: list[Any]) -> None:
    service += [NEW, NEW, {"phase": "moving"}, NEW | {"words": "the reverse feed is behind"}]
    stack: Any = Stack()
    assert Owners(stack).home("orders") == "orders stays with new: the reverse feed is behind"
    assert stack.said == ["owner orders moving", "owner orders new"]


@pytest.mark.parametrize("refuse", ["flip", "moving"])
def test_what_the_route_file_refuses_is_not_ordered(service: list[Any], refuse: str) -> None:
    service += [LEGACY]
    assert "orders to new refused: " in Owners(Stack(refuse)).move("orders")  # type: ignore[arg-type]


def test_a_service_that_is_away_moves_nothing(service: list[Any]) -> None:
    stack: Any = Stack()
    assert Owners(stack).move("orders") == "orders is not moved: its service is away"
    assert Owners(stack).settle("orders") == "orders: its service does not say whose it is"
    service += [LEGACY]
    assert Owners(stack).home("orders") == "orders is owned by legacy"
    assert stack.said == []


def test_in_the_end_the_file_says_whose_it_is_by_way_of_moving(service: list[Any]) -> None:
    service += [NEW]
    stack: Any = Stack(refuse="new")
    assert Owners(stack).settle("orders") == "orders is owned by new in the end"
    assert stack.said == ["owner orders new", "owner orders moving", "owner orders new"]
