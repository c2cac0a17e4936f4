"""What a person decides about sagas that wait, once the customers have left."""

import json
from subprocess import CompletedProcess
from types import SimpleNamespace

import pytest

from loadtests.chaos import person
from loadtests.chaos.person import decided, objections

STORY = [{"what": "unknown", "detail": "legacy answered 500"}]


def saga(saga_id, phase="forward", text="chaos-1", kind="place-order", **more):
    document = {"id": saga_id, "kind": kind, "phase": phase, "step": "write", "story": STORY}
    document |= {"reason": "write: 25 bad answers" if phase == "parked" else ""}
    return document | {"request": {"wish": {"po_number": text}}} | more


class Stack:
    """Takes every order, but those of `deaf` sagas."""

    def __init__(self, *sagas, deaf=()):
        self.state = {"ports": {"orders": 1}}
        self.sagas = {one["id"]: one for one in sagas}
        self.deaf, self.orders = deaf, []

    def ask(self, url, query=None):
        name = url.rpartition("/")[2]
        return {"sagas": list(self.sagas.values())} if query else self.sagas[name]

    def fig(self, word, saga_id, order, _):
        if saga_id in self.deaf:
            return CompletedProcess([], 1, "", "another instance carries it on")
        self.orders.append((saga_id, order))
        phase = {"park": "parked", "resume": "forward", "compensate": "backward"}[order]
        self.sagas[saga_id] |= {"phase": phase}
        return CompletedProcess([], int(order == "park"), json.dumps(self.sagas[saga_id]), "")


@pytest.fixture
def decide(monkeypatch):
    monkeypatch.setattr(person, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(person.time, "sleep", lambda _: None)

    def run(stack, unlucky=("chaos-1",)):
        monkeypatch.setattr(person, "call_object", stack.ask)
        healed = []
        between = SimpleNamespace(unlucky=dict.fromkeys(unlucky, 3), heal=lambda: healed.append(1))
        found = decided(stack, between)
        assert healed == [1]
        return found

    return run


def test_half_of_what_is_parked_goes_on_and_half_is_undone(decide):
    stack = Stack(*(saga(name, "parked") for name in "ABCD"))
    found = decide(stack)
    assert stack.orders == [
        ("A", "resume"), ("B", "compensate"), ("C", "resume"), ("D", "compensate"),
    ]  # fmt: skip
    assert (found.by_themselves, found.resumed, found.undone, found.wrong) == (4, 2, 2, [])


def test_an_unlucky_order_that_is_still_tried_is_parked_by_hand(decide):
    stack = Stack(saga("A"))
    found = decide(stack)
    assert stack.orders == [("A", "park"), ("A", "resume")]
    assert (found.by_themselves, found.by_hand) == (0, 1)


def test_what_is_merely_slow_is_left_alone(decide):
    stack = Stack(saga("A", text="chaos-2"), saga("B", step="reserve"))
    assert decide(stack).by_hand == 0
    assert stack.orders == []


def test_a_cancellation_is_never_undone(decide):
    stack = Stack(saga("A", "parked"), saga("B", "parked", kind="cancel-order"))
    assert decide(stack).resumed == 2


def test_what_takes_no_order_is_named(decide):
    stack = Stack(saga("A", "parked"), deaf=("A",))
    assert decide(stack).wrong == ["saga A is parked, and took no order of a person's"]


def test_a_parked_saga_needs_a_reason_and_a_story():
    assert objections(saga("A", "parked")) == []
    assert objections(saga("A", "parked", reason="")) == ["saga A is parked and does not say why"]
    assert objections(saga("A", "parked", story=[])) == ["saga A is parked and has no story"]
