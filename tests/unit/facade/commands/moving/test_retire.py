"""`retire` asks once, and says what stands against it; the facade is played."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from facade.commands.cli import main
from facade.commands.moving import retire

FILE = """
upstreams: {legacy: {url: "http://127.0.0.1:1"}, catalog: {url: "http://127.0.0.1:2"}}
domains: {goods: {owner: new, window: closed}}
routes:
  - {name: a, match: GET /a, new: catalog, stage: new, domain: goods}
  - {name: b, match: GET /b, new: catalog, stage: retired, domain: goods}
  - {name: page, match: GET /page, compose: {a: GET /a, b: GET /b}}
"""
ADMIN = "127.0.0.1:1"  # where nobody answers: the step waits for no confirmation


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`run(*words, answer=…, watched=…, **need)`; with a need, legacy was needed for it."""
    file = tmp_path / "routes.yaml"
    file.write_text(FILE)

    def call(*words: str, answer: str = "", watched: float = 700.0, **need: Any) -> Result:
        needs = [{"name": "a", "quiet": 5.0, "number": 1, "caller": "cron", **need}] if need else []
        said = {"watched": watched, "gap": "it started", "needs": needs}
        monkeypatch.setattr(retire, "ask", lambda *_words: said)
        return CliRunner().invoke(
            main, ["retire", "--routes", str(file), "--admin", ADMIN, *words], input=answer
        )

    call.file = file  # type: ignore[attr-defined]
    return call


def test_it_asks_once_and_retires_what_is_left(run: Any) -> None:
    done = run("goods", answer="n\n")
    assert done.exit_code == 1
    assert "Retire a? Nothing leads back" in done.output
    assert run.file.read_text() == FILE
    done = run("goods", answer="y\n")
    assert done.exit_code == 0, done.output
    assert run.file.read_text() == FILE.replace("stage: new,", "stage: retired,")
    assert "retired already" in run("--all").output


def test_without_legacy_there_is_nothing_to_retire(run: Any) -> None:
    text = FILE.replace('legacy: {url: "http://127.0.0.1:1"}, ', "")
    run.file.write_text(text.replace("stage: new,", "stage: retired,"))
    for words in (["a", "--dry-run"], ["--all"], ["goods", "--json", "--yes"]):
        done = run(*words, kind="route")
        assert (done.exit_code, "no monolith" in done.output or '"ok": true' in done.output) == (
            0,
            True,
        ), done.output
    assert run("other").exit_code == 2


def test_it_names_what_stands_against_it(run: Any) -> None:
    done = run("a", "--yes", kind="route", watched=60.0)
    assert done.exit_code == 1
    assert "a cannot be retired:" in done.output
    assert "once, 5 s ago, the last of them cron" in done.output
    assert "has watched for 1 min 0 s without a gap (it started)" in done.output
    assert run.file.read_text() == FILE
    assert run("a", "--dry-run", "--horizon", "4s", kind="route").exit_code == 0
    assert run.file.read_text() == FILE


def test_an_unknown_name_says_which_there_are(run: Any) -> None:
    done = run("c")
    assert done.exit_code == 2
    assert "no route and no domain is called 'c': there are goods, a, b" in done.output


def test_a_composed_route_hinders_no_other_and_has_no_stage(run: Any) -> None:
    assert run("--all", answer="y\n").exit_code == 0
    assert "retired already" in run("--all").output
    done = run("page", "--yes")
    assert done.exit_code == 1
    assert "'page' is composed and has no stage" in done.output
    assert "retire the routes of its parts" in done.output
