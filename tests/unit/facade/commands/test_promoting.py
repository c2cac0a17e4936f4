"""`flip` holds a promotion to the evidence; the facade is played."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from facade.commands import promoting
from facade.commands.cli import main

FILE = """
upstreams: {legacy: {url: "http://127.0.0.1:1"}, catalog: {url: "http://127.0.0.1:2"}}
routes:
  - {name: r, match: GET /x, new: catalog, stage: shadow, compare: {sample: 100%}}
"""
BAD = {"compared": 100, "mismatched": 5, "causes": [{"title": "$.price: rounding"}]}


@pytest.fixture
def routes(tmp_path: Path) -> Path:
    file = tmp_path / "routes.yaml"
    file.write_text(FILE)
    return file


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, routes: Path) -> list[tuple[str, dict[str, str]]]:
    """A facade with bad evidence; gives what it was asked."""
    said: list[tuple[str, dict[str, str]]] = []

    def answer(_method: str, _admin: str, path: str, **query: str) -> dict[str, Any]:
        said.append((path, query))
        return {"routes": [BAD]}

    monkeypatch.setattr(promoting, "_asked", answer)
    monkeypatch.setattr(promoting, "fetch_status", lambda _: {"file": str(routes)})
    return said


def hold(routes: Path, stage: str, *more: str, admin: str | None = "127.0.0.1:1") -> None:
    from facade.routes.file.edit.flip import Flip
    from facade.routes.stages import Stage

    percent = 500 if stage == "canary" else None
    reason = more[0] if more else None
    promoting.hold_to_evidence(routes, Flip("r", Stage(stage), percent, None), admin, reason)


def test_a_promotion_against_the_evidence_is_refused(routes: Path, asked: Any) -> None:
    with pytest.raises(promoting.FlipRefused, match=r"5 of 100 pairs differ.*\$\.price: rounding"):
        hold(routes, "canary")


def test_the_way_back_is_not_asked_about(routes: Path, asked: Any) -> None:
    hold(routes, "legacy")
    assert asked == []


def test_a_reason_goes_beside_the_evidence(routes: Path, asked: Any) -> None:
    hold(routes, "canary", "the owner knows")
    path, query = asked[-1]
    assert path == "/api/compare/forced"
    assert (query["route"], query["stage"], query["reason"]) == ("r", "canary", "the owner knows")
    assert "5 of 100" in query["against"]


def test_another_files_facade_says_nothing_of_ours(
    routes: Path, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promoting, "fetch_status", lambda _: {"file": "/elsewhere.yaml"})
    hold(routes, "canary")
    assert asked == []


def test_an_overdue_difference_is_refused_without_a_facade(routes: Path) -> None:
    rules = "{path: $.a, why: w, owner: o, until: 2020-01-01}"
    text = (
        FILE.replace("100%}", "100%, rules: p}") + f"compare_rules: {{p: {{expect: [{rules}]}}}}\n"
    )
    routes.write_text(text)
    called = ["flip", "r", "canary", "5%", "--routes", str(routes)]
    result = CliRunner().invoke(main, called, env={"FACADE_ADMIN": ""})
    assert result.exit_code == 1, result.output
    assert "expected to differ until 2020-01-01" in result.output
    assert routes.read_text() == text
    with pytest.raises(promoting.NotRecorded):
        hold(routes, "canary", "a reason that nobody would keep", admin=None)
