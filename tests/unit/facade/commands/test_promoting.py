"""`flip` holds a promotion to the evidence; the facade is played."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from facade.commands import promoting
from facade.commands.cli import main
from facade.runtime.statefolder import StateFolder, take_forced

FILE = """
upstreams: {legacy: {url: "http://127.0.0.1:1"}, catalog: {url: "http://127.0.0.1:2"}}
routes:
  - {name: r, match: GET /x, new: catalog, stage: shadow, compare: {sample: 100%}}
"""
BAD = promoting.NOTHING | {
    "compared": 100, "mismatched": 5, "causes": [{"title": "$.price: rounding"}]
}  # fmt: skip


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
    with pytest.raises(promoting.FlipRefused, match="no running facade could be asked"):
        hold(routes, "canary")
    assert asked == []


def test_enough_clean_pairs_are_no_objection(routes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = promoting.NOTHING | {"compared": 116}
    monkeypatch.setattr(promoting, "_asked", lambda *_, **__: {"routes": [good]})
    monkeypatch.setattr(promoting, "fetch_status", lambda _: {"file": str(routes)})
    hold(routes, "canary")
    good["compared"] = 115
    with pytest.raises(promoting.FlipRefused, match="1 more pairs without a difference"):
        hold(routes, "canary")


def test_a_route_never_compared_lacks_all_of_them(
    routes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promoting, "_asked", lambda *_, **__: {"routes": []})
    monkeypatch.setattr(promoting, "fetch_status", lambda _: {"file": str(routes)})
    with pytest.raises(promoting.FlipRefused, match="116 more pairs"):
        hold(routes, "canary")


def test_without_a_facade_only_a_reason_helps_and_it_is_kept(routes: Path) -> None:
    called = ["flip", "r", "canary", "5%", "--routes", str(routes)]
    before = routes.read_text()
    result = CliRunner().invoke(main, called, env={"FACADE_ADMIN": ""})
    assert result.exit_code == 1, result.output
    assert "no running facade could be asked" in result.output
    assert '--force "why"' in result.output
    assert routes.read_text() == before
    result = CliRunner().invoke(
        main, [*called, "--force", "the owner knows"], env={"FACADE_ADMIN": ""}
    )
    assert result.exit_code == 0, result.output
    (kept,) = take_forced(routes)
    assert (kept["route"], kept["stage"], kept["reason"]) == ("r", "canary", "the owner knows")
    assert "no running facade" in kept["against"]
    assert take_forced(routes) == [], "the next facade has it"


def test_a_reason_that_nobody_can_keep_moves_nothing(
    routes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> Path:
        raise OSError("no space")

    monkeypatch.setattr(promoting, "note_forced", full)
    with pytest.raises(promoting.NotRecorded):
        hold(routes, "canary", "a reason that nobody would keep", admin=None)


def test_an_overdue_difference_is_refused(routes: Path) -> None:
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


def test_the_running_facade_is_found_by_the_route_file(
    routes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def status(admin: str) -> None:
        asked.append(admin)

    monkeypatch.setattr(promoting, "fetch_status", status)
    folder = StateFolder(routes)
    folder.announce("0.0.0.0:4711", routes.parent)
    called = ["flip", "r", "canary", "5%", "--routes", str(routes)]
    CliRunner().invoke(main, called, env={"FACADE_ADMIN": ""})
    assert asked == ["http://127.0.0.1:4711"]
    folder.leave()
    CliRunner().invoke(main, called, env={"FACADE_ADMIN": ""})
    assert len(asked) == 1


CLOSED = """
upstreams: {legacy: {url: "http://127.0.0.1:1"}, catalog: {url: "http://127.0.0.1:2"}}
domains: {goods: {owner: new, window: WINDOW}}
routes:
  - {name: r, match: GET /x, new: catalog, stage: new, domain: goods}
"""


@pytest.mark.parametrize(
    ("window", "more", "refused"),
    [
        ("closed", {}, "fig retire r does it, once nothing has needed legacy for long"),
        ("open", {"absent": True}, "5 of 100 pairs differ"),
        ("closed", {"absent": True}, ""),
        ("closed", {"force": "the owner knows"}, ""),
    ],
)
def test_behind_a_closed_window_absence_is_the_evidence(
    routes: Path, asked: Any, window: str, more: dict[str, Any], refused: str
) -> None:
    from facade.routes.file.edit.flip import Flip
    from facade.routes.stages import Stage

    routes.write_text(CLOSED.replace("WINDOW", window))
    step = Flip("r", Stage.RETIRED, None, None)
    more = {"force": None, **more}
    if not refused:
        assert promoting.hold_to_evidence(routes, step, "127.0.0.1:1", **more) is None
        assert asked == [], "legacy is out of date: its pairs are no evidence"
        return
    with pytest.raises(promoting.FlipRefused, match=refused):
        promoting.hold_to_evidence(routes, step, "127.0.0.1:1", **more)
