"""A call of `fig cutover` is read from its document, or from what it complained of."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from loadtests.chaos.stack import ChaosFailed
from loadtests.chaos.stack import moved as at_new
from loadtests.cutover import moves

MOVE = {
    "toward": "new", "ok": True, "failed": 0,
    "steps": [{"step": "fence", "seconds": 0.05}],
    "waits": {"count": 2, "p50": 0.1, "p99": 0.2, "worst": 0.2},
}  # fmt: skip


class Stack:
    """Answers each call of `fig` with the next of these."""

    def __init__(self, *answers: tuple[int, object]) -> None:
        self.answers, self.called = list(answers), []

    def fig(self, *words: str) -> Any:
        self.called.append(words)
        code, document = self.answers.pop(0)
        said = document if isinstance(document, str) else json.dumps(document)
        return SimpleNamespace(returncode=code, stdout=said, stderr="")


def done(owner: str) -> tuple[int, object]:
    return 0, {"ok": True, "owner": owner, "moves": [MOVE]}


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moves, "PAUSE_SECONDS", 0.0)


def test_there_and_back_in_turn_and_again_after_a_no() -> None:
    refused = 1, {"owner": "new", "checks": [{"check": "sagas", "ok": False, "words": "1 parked"}]}
    stack: Any = Stack(done("new"), refused, done("legacy"))
    found = moves.there_and_back(stack, 2)
    assert [(one.toward, one.good) for one in found] == [
        ("new", True), ("legacy", False), ("legacy", True),
    ]  # fmt: skip
    assert stack.called[0] == ("cutover", "orders", "--json", "--bound", "100%")
    assert stack.called[2][-1] == "--back"
    assert found[0].line == "to new: fence 50 ms; 2 waited: p50 100, worst 200 ms; 0 failed"
    assert found[1].line == "to legacy: did not come about: sagas: 1 parked"


def test_one_that_never_comes_about_ends_the_run() -> None:
    stack: Any = Stack(*[(1, "the service is away")] * moves.TRIES)
    with pytest.raises(ChaosFailed, match=r"do not come to new: .* the service is away"):
        moves.there_and_back(stack, 1)


def test_the_routes_of_one_domain_begin_at_new() -> None:
    text = (
        "routes:\n  - name: a\n    domain: orders\n    stage: legacy\n"
        "  - name: b\n    domain: goods\n    stage: legacy\n"
        "  - {name: pages, match: '* /admin/{path*}', stage: legacy}\n"
    )
    for domain in ("orders", "goods"):
        assert at_new(text, domain).count("stage: new") == 1
        assert at_new(text, domain).endswith("stage: legacy}\n")
