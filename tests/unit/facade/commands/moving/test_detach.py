"""`python -m facade detach` says what needs legacy, or takes it out; the facade is played."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from facade.commands.cli import main
from facade.commands.confirm import Confirmation
from facade.commands.moving import detach

FILE = """
upstreams: {legacy: {url: "http://127.0.0.1:1"}, catalog: {url: "http://127.0.0.1:2"}}
domains: {goods: {owner: new, window: closed}}
routes:
  - {name: a, match: GET /a, new: catalog, stage: retired, domain: goods}
"""
GONE = FILE.replace('legacy: {url: "http://127.0.0.1:1"}, ', "")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`run(*words, said=…)`: `said` is what the facade says of the new file."""
    file, entered = tmp_path / "routes.yaml", list[dict[str, str | None]]()
    file.write_text(FILE)

    def call(*words: str, said: str = "applied") -> Result:
        monkeypatch.setattr(detach, "confirmed", lambda *_, **__: Confirmation(said, detail="no"))
        monkeypatch.setattr(
            detach, "call_object", lambda _, query, **__: entered.append(query) or {}
        )
        return CliRunner().invoke(
            main, ["detach", "--routes", str(file), "--admin", ":1", *words, "--json"]
        )

    call.file, call.entered = file, entered  # type: ignore[attr-defined]
    return call


def test_a_dry_run_only_looks(run: Any) -> None:
    assert json.loads(run("--dry-run").stdout) == {"ok": True, "changed": False, "objections": []}
    run.file.write_text(FILE.replace("retired", "new"))
    refused = run("--dry-run")
    assert refused.exit_code == 1
    (one,) = json.loads(refused.stdout)["objections"]
    assert (one["kind"], one["next"]) == ("stage", "fig retire a")


def test_it_is_taken_out_and_entered_once(run: Any) -> None:
    done = json.loads(run("--as", "eva").stdout)
    assert (done["changed"], done["facade"], run.file.read_text()) == (True, "applied", GONE)
    assert [(one["who"], one["why"]) for one in run.entered] == [("eva", detach.WHY)]
    assert json.loads(run().stdout)["changed"] is False
    assert len(run.entered) == 1


def test_what_the_facade_refuses_is_put_back(run: Any) -> None:
    refused = run(said="refused")
    assert (refused.exit_code, run.file.read_text(), run.entered) == (1, FILE, [])
    assert "without legacy: refused: no" in json.loads(refused.stdout)["error"]


def test_a_file_that_cannot_be_read_is_bad_input(run: Any) -> None:
    run.file.write_text("upstreams: [")
    assert run().exit_code == 2
