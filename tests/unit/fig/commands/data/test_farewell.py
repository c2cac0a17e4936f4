"""`fig farewell` looks, asks once, and takes the steps; the steps are played."""

import fcntl
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fig.__main__ import cli
from fig.commands.data import farewell as command
from fig.errors import FigError
from fig.farewell.archive import Server
from fig.farewell.calling import InDatabase
from fig.farewell.checks import MARGIN, Looked, Room
from fig.farewell.record import Record
from fig.farewell.steps import Step
from fig.settings import Home
from fig.supervise.state import StackState

GOOD = Looked((), {}, 1024 * 1024, archived=False)


@dataclass
class Played:
    """A farewell whose steps only say that they were taken."""

    home: Home
    inside: InDatabase
    taken: list[str]
    found: Any = None

    def steps(self) -> tuple[Step, ...]:
        def act(name: str) -> Any:
            self.taken.append(name)
            path = {"path": str(self.inside.path), "sha256": "ab"} if name == "archive" else {}
            return {"words": "done", **path}

        return tuple(
            Step(name, f"do {name}", lambda name=name: act(name)) for name in ("stop", "archive")
        )


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`run(*words, looked=…, answer=…)`; `run.taken`: the steps."""
    (tmp_path / "run").mkdir()
    taken, state = list[str](), StackState(0, 0, 0.0, True, {}, {}, {}, "routes.yaml")
    monkeypatch.setattr(command.running, "require", lambda _: state)

    def call_of(home: Home, _found: Any, target: Path, record: Record) -> Played:
        return Played(home, InDatabase(Server("", Path()), "legacy", target, record), taken)

    monkeypatch.setattr(command, "_call", call_of)

    def call(*words: str, looked: Looked = GOOD, answer: str = "") -> Result:
        monkeypatch.setattr(command.looking, "look", lambda *_: looked)
        return CliRunner().invoke(cli, ["--home", str(tmp_path), "farewell", *words], input=answer)

    call.taken, call.home = taken, tmp_path  # type: ignore[attr-defined]
    return call


def test_a_dry_run_says_what_it_would_do(run: Any) -> None:
    done = run("--dry-run")
    assert done.exit_code == 0
    assert "legacy's database has 1.0 MiB. `fig farewell` would\n  - do stop\n" in done.output
    document = json.loads(run("--dry-run", "--json").stdout)
    assert document["archive"]["path"] == str(run.home / "archive" / "legacy.dump")
    assert run.taken == []


def test_what_stands_against_it_is_named(run: Any) -> None:
    full = Looked((), {}, 1, archived=False, rooms=[Room("/data", MARGIN, 1)])
    refused = run("--yes", "--json", looked=full)
    assert refused.exit_code == 1
    assert [one["kind"] for one in json.loads(refused.stdout)["objections"]] == ["room"]
    assert "make room" in run("--dry-run", looked=full).output
    assert run.taken == []


def test_it_asks_once_and_only_what_is_left_is_done(run: Any) -> None:
    refused = run(answer="n\n")
    assert (refused.exit_code, "There is no way back" in refused.output) == (1, True)
    assert "confirm it with --yes" in json.loads(run("--json").stdout)["error"]
    assert run.taken == []
    done = run(answer="y\n")
    assert done.exit_code == 0, done.output
    assert run.taken == ["stop", "archive"]
    again = json.loads(run("--yes", "--json").stdout)
    assert [one["already"] for one in again["steps"]] == [True, True]
    assert run.taken == ["stop", "archive"]


def test_the_place_of_the_archive_is_sure(run: Any, tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("x")
    taken = run("--archive", str(mine), "--yes")
    assert "exists and is no archive of ours" in str(taken.exception)
    nowhere = run("--archive", str(tmp_path / "no" / "a.dump"), "--yes")
    assert "there is no folder" in str(nowhere.exception)
    assert run("--archive", str(tmp_path / "a.dump"), "--yes").exit_code == 0
    other = run("--archive", str(tmp_path / "b.dump"), "--yes")
    assert f"in {tmp_path / 'a.dump'}" in str(other.exception)


def test_a_second_operator_is_refused(run: Any) -> None:
    with (run.home / "run" / "farewell.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = run("--yes")
    assert isinstance(refused.exception, FigError)
    assert "another `fig farewell` runs here" in str(refused.exception)
