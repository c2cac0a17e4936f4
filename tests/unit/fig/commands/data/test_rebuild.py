"""What `fig rebuild` starts in its place."""

import importlib.util
import sys
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from fig.__main__ import cli
from fig.clients import access, running
from fig.commands.data import rebuild

FOUND = SimpleNamespace(
    routes="routes.yaml",
    ports={"postgres": 8010, "nats": 8011, **dict.fromkeys(access.READ_MODELS, 8003)},
)


@pytest.mark.parametrize("service", access.READ_MODELS)
def test_every_read_model_can_be_rebuilt(service, tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(running, "require", lambda home: FOUND)
    monkeypatch.setattr(rebuild.os, "chdir", lambda folder: None)
    monkeypatch.setattr(rebuild.os, "execve", lambda *call: started.append(call))
    result = CliRunner().invoke(cli, ["--home", str(tmp_path), "rebuild", service])
    assert result.exit_code == 0, result.output
    [(program, arguments, environment)] = started
    assert (program, arguments[1]) == (sys.executable, "-m")
    assert importlib.util.find_spec(arguments[2]) is not None
    prefix = service.upper()
    assert environment[f"{prefix}_DATABASE_URL"].endswith(f"@127.0.0.1:8010/{service}")
    assert environment[f"{prefix}_NATS_URL"].startswith("nats://")


def test_what_holds_no_read_model_is_refused(tmp_path):
    result = CliRunner().invoke(cli, ["--home", str(tmp_path), "rebuild", "payments"])
    assert result.exit_code == 2
    assert "'catalog', 'orders', 'inventory', 'sales'" in result.output


def test_without_a_stack_it_says_how_to_start_one(tmp_path):
    result = CliRunner().invoke(cli, ["--home", str(tmp_path), "rebuild", "orders"])
    assert result.exit_code != 0
    assert "fig up" in result.output + str(result.exception)
