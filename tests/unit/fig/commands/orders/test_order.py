"""`fig order`: what is printed, waited for and read back."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner, Result

from contracts import mark
from fig.__main__ import cli
from fig.clients import running
from fig.clients.shop import Reply
from fig.commands.orders import order as command

SAGA = mark.new_saga_id()
TRACE = 16 * "ab"
ORDER = {"order_no": "SO-2026-000007", "total": "5.00"}
HEAD = {"fig-decision": "side=new"}


def reply(status: int, body: Any) -> Reply:
    return Reply(status, HEAD, {}, json.dumps(body).encode())


class Desk:
    """In place of a Customer; `answers` by method and path."""

    answers: ClassVar[dict[str, list[Reply]]] = {}
    bodies: ClassVar[list[Any]] = []

    def __init__(self, _base: str, _jar: Path) -> None:
        pass

    def ask(self, path: str, method: str = "GET", body: Any = None, **_: str) -> Reply:
        self.bodies.append(body)
        known = self.answers[f"{method} {path}"]
        return known.pop(0) if len(known) > 1 else known[0]


@pytest.fixture
def fig(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    ports = {"facade": 1, "legacy": 2}
    monkeypatch.setattr(running, "require", lambda _home: SimpleNamespace(ports=ports))
    monkeypatch.setattr(command, "Customer", Desk)
    monkeypatch.setattr(command.time, "sleep", lambda _seconds: None)
    monkeypatch.setattr(command.secrets, "token_hex", lambda size: "ab" * size)

    def call(answers: dict[str, list[Reply]], *words: str) -> Result:
        monkeypatch.setattr(Desk, "answers", answers)
        monkeypatch.setattr(Desk, "bodies", [])
        return CliRunner().invoke(cli, ["--home", str(tmp_path), "order", *words])

    return call


def test_placed_with_its_saga_and_read_back(fig: Any) -> None:
    shown = reply(200, {**ORDER, "po_number": f"fig order ~{SAGA}"})
    answers = {
        "POST /api/orders": [reply(201, ORDER)],
        "GET /api/orders/SO-2026-000007": [shown],
    }
    result = fig(answers, "A-1")
    assert result.output.splitlines() == [
        "201 SO-2026-000007, 5.00 EUR; side=new",
        "read back: 200; side=new",
        f"saga {SAGA}",
        f"trace {TRACE}",
    ]
    assert Desk.bodies[0]["lines"] == [{"sku": "A-1", "qty": 1}]
    assert json.loads(fig(answers, "--json").output)["saga"] == SAGA


def test_pending_and_what_becomes_of_it(fig: Any) -> None:
    pending = {"id": SAGA, "status": "PENDING"}
    place = {"POST /api/orders": [reply(202, pending)]}
    assert fig(place).output.splitlines() == [
        "202 pending; side=new", f"saga {SAGA}", f"trace {TRACE}",
    ]  # fmt: skip
    done = reply(200, {"id": SAGA, "status": "DONE", **ORDER})
    result = fig({
        **place,
        f"GET /api/order-requests/{SAGA}": [reply(200, pending), done],
        "GET /api/orders/SO-2026-000007": [reply(200, ORDER)],
    }, "--wait")  # fmt: skip
    assert "done: SO-2026-000007" in result.output
    refused = reply(200, {"id": SAGA, "status": "REFUSED"})
    result = fig({**place, f"GET /api/order-requests/{SAGA}": [refused]}, "--wait")
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (reply(409, {"error": "out of stock"}), "409 out of stock"),
        (Reply(broken="Connection refused"), "Connection refused"),
        (Reply(502, body=b"<html>"), "502"),
    ],
)
def test_a_refusal_says_why(fig: Any, answer: Reply, said: str) -> None:
    result = fig({"POST /api/orders": [answer]})
    assert (result.exit_code, said in str(result.exception)) == (1, True)
