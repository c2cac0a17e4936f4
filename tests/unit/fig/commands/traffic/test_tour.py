"""`fig tour` where nothing runs, and what it tells of its steps."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from fig.__main__ import cli
from fig.clients import admin, running
from fig.clients.admin import AdminAway
from fig.commands.traffic import tour as command
from fig.settings import Home
from fig.tour.walk import Done


class Stub:
    """Everything is shown as it should be not."""

    def __init__(self, _home: Home) -> None:
        pass

    def start(self, words: str) -> SimpleNamespace:
        return SimpleNamespace(wait=lambda: Done(0, f"did {words}"))

    def stages(self) -> dict[str, str]:
        return {}

    def frozen(self) -> bool:
        return True


def test_nothing_runs(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["--home", str(tmp_path), "tour", "saga"])
    assert "run `make up` first" in str(result.exception)


def test_a_step_that_does_not_show_it_is_a_negative_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "find", lambda _home: object())
    monkeypatch.setattr(command, "RealFig", Stub)
    result = CliRunner().invoke(cli, ["tour", "client-server", "--json"])
    assert result.exit_code == 1
    document = json.loads(result.output)
    (pattern,) = document["patterns"]
    assert (document["ok"], pattern["name"]) == (False, "client-server")
    assert pattern["steps"][0]["command"] == "fig get /api/categories --from legacy"
    assert pattern["steps"][0]["output"] == "did get /api/categories --from legacy"
    result = CliRunner().invoke(cli, ["tour", "client-server"])
    assert '✗ expected exit code 0 and "legacy: 200", got exit code 0' in result.output


def test_where_routes_stand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    routes = [
        {"name": "a", "stage": "canary", "percent": 25.0},
        {"name": "b", "stage": "new", "percent": 100.0},
    ]
    status = {"routes": routes, "moves": {"stopped": "somebody froze it"}}
    monkeypatch.setattr(running, "admin_url", lambda _home, _given: "http://x")
    answers = [AdminAway("it starts"), AdminAway("it starts")]

    def get(_base: str, _path: str) -> dict[str, object]:
        if answers:
            raise answers.pop()
        return status

    monkeypatch.setattr(admin, "get", get)
    monkeypatch.setattr(command.time, "sleep", lambda _seconds: None)
    fig = command.RealFig(Home(tmp_path))
    assert fig.stages() == {"a": "canary 25", "b": "new"}
    assert fig.frozen()


def test_the_command_itself(tmp_path: Path) -> None:
    done = command.RealFig(Home(tmp_path)).start("--version").wait()
    assert (done.code, done.output.startswith("Strangler Fig")) == (0, True)
