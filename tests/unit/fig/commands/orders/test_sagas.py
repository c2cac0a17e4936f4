"""What `fig sagas` and `fig saga` show and say, from the orders service's JSON."""

import json

import pytest
from click.testing import CliRunner

from fig.__main__ import cli
from fig.clients import services
from fig.commands.orders.saga import text, timeline
from fig.errors import BadSetting

LINE = {
    "id": "0af3", "kind": "place-order", "phase": "parked", "step": "capture", "mode": "ready",
    "attempts": 2, "due": 0.0, "reason": "capture: no money", "table": "abc123",
    "created": 1000.0, "updated": 1002.0, "stuck": True,
    "bad_answers": 0, "waits_for": "", "alike": 0,
}  # fmt: skip


def _entry(at: float, step: str, what: str, attempt: int = 1, detail: str = "") -> dict:
    return {"at": at, "step": step, "what": what, "attempt": attempt, "detail": detail}


STORY = [
    _entry(1000.0, "reserve", "do"),
    _entry(1000.0125, "reserve", "done"),
    _entry(1000.02, "write", "do"),
    _entry(1005.0, "write", "ask", 2),
    _entry(1005.5, "write", "done", 2),
    _entry(1006.0, "capture", "do"),
    _entry(1006.1, "capture", "refusal", 1, "no money"),
    _entry(1010.0, "", "a person said resume", 0, "capture: no money"),
]


@pytest.fixture
def orders(monkeypatch):
    """Answers, and what was asked."""
    asked = []

    def ask(method, base, path, query=None, body=None):
        asked.append(f"{method} {base}{path}")
        return answers.get(path, {})

    answers = {}
    monkeypatch.setattr(services, "ask", ask)
    return asked, answers


def _fig(*words):
    return CliRunner().invoke(cli, [*words, "--orders", "http://orders:1"])


def test_a_stuck_saga_is_a_negative_answer(orders):
    asked, answers = orders
    answers["/sagas"] = {"now": 1100.0, "sagas": [LINE]}
    result = _fig("sagas", "--stuck")
    assert result.exit_code == 1
    assert "capture: no money" in result.output
    assert asked == ["GET http://orders:1/sagas"]


def test_without_an_address_every_service_with_sagas_is_asked(orders, monkeypatch):
    asked, answers = orders
    monkeypatch.setattr(services, "address", lambda _home, name, _given: f"http://{name}")
    answers["/sagas"] = {"now": 1100.0, "sagas": [LINE]}
    result = CliRunner().invoke(cli, ["sagas", "--json", "--limit", "2"])
    assert asked == [f"GET http://{name}/sagas" for name in ("catalog", "inventory", "orders")]
    assert len(json.loads(result.output)["sagas"]) == 2


@pytest.mark.parametrize(
    ("saga_id", "name"),
    [("save-article:k", "catalog"), ("count-stock:k", "inventory"), ("0AF3", "orders"),
     ("cancel:SO-1:x", "orders")],
)  # fmt: skip
def test_a_saga_is_asked_of_its_service_by_its_id(orders, monkeypatch, saga_id, name):
    asked, answers = orders
    monkeypatch.setattr(services, "address", lambda _home, service, _given: f"http://{service}")
    answers[f"/sagas/{saga_id.replace(':', '%3A')}"] = LINE | {
        "steps": ["count"],
        "story": [],
        "phase": "done",
    }
    assert CliRunner().invoke(cli, ["saga", saga_id]).exit_code == 0
    assert asked[0].startswith(f"GET http://{name}/sagas/")


def test_no_saga_is_a_good_answer_in_words_and_in_json(orders):
    _, answers = orders
    answers["/sagas"] = {"now": 1100.0, "sagas": []}
    assert _fig("sagas").exit_code == 0
    assert json.loads(_fig("sagas", "--json").output)["sagas"] == []


def test_the_timeline_pairs_beginnings_with_ends_and_shows_who_died():
    lines = timeline(STORY, 1000.0)
    assert lines == [
        "    0.000 s  reserve    ✓ done after 12.5 ms",
        "    0.020 s  write      † its end was not recorded",
        "    5.000 s  write      ask ✓ done after 500.0 ms (attempt 2)",
        "    6.000 s  capture    ✗ refusal after 100.0 ms: no money",
        "   10.000 s             a person said resume: capture: no money",
    ]


def test_the_step_it_is_at_is_marked():
    shown = text(LINE | {"steps": ["reserve", "write", "capture"], "story": STORY})
    assert "reserve ▸ write ▸ [capture]" in shown
    assert "under table abc123" in shown


def test_what_came_out_alike_is_counted():
    again = _entry(1011.0, "write", "again", 37, "attempts came out like those before")
    (line,) = timeline([again], 1000.0)
    assert line == "   11.000 s  write      37 more attempts came out like those before"
    waits = {"steps": [], "story": [], "waits_for": "legacy", "alike": 5}
    shown = text(LINE | waits)
    assert "waits for legacy" in shown
    assert "since the last line 5 more attempts" in shown


@pytest.mark.parametrize("order", ["park", "resume", "compensate"])
def test_every_order_is_passed_on(orders, order):
    asked, answers = orders
    answers["/sagas/x"] = LINE | {"phase": "parked", "steps": [], "story": []}
    assert _fig("saga", "x", order).exit_code == 1  # it is parked
    assert asked[0] == f"POST http://orders:1/sagas/x/{order}"


def test_an_order_is_given_before_the_story_is_shown(orders):
    asked, answers = orders
    answers["/sagas/cancel%3ASO-1"] = LINE | {"phase": "done", "steps": [], "story": []}
    result = _fig("saga", "cancel:SO-1", "resume")
    assert result.exit_code == 0, result.output
    assert asked == [
        "POST http://orders:1/sagas/cancel%3ASO-1/resume",
        "GET http://orders:1/sagas/cancel%3ASO-1",
    ]


def test_an_unknown_saga_is_bad_input(monkeypatch):
    def ask(*_):
        raise BadSetting("there is no saga x")

    monkeypatch.setattr(services, "ask", ask)
    result = _fig("saga", "x")
    assert isinstance(result.exception, BadSetting)
    assert result.exception.exit_code == 2
