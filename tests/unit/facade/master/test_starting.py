"""A start judges the route file against what was in force when the facade stopped."""

from pathlib import Path

import pytest

from facade.master.starting import Start, before_start, judge_start
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load
from facade.routes.stages import Stage
from facade.runtime.accepted import Accepted, read_accepted, write_accepted
from facade.runtime.lags import Lag
from facade.runtime.statefolder import note_step

HEAD = "upstreams:\n  legacy: {url: 'http://a.test'}\n  fresh: {url: 'http://b.test'}\nroutes:\n"
NO_ROUTE = f"{HEAD}  []\n"
MORE = {"shadow": ", compare: {sample: 100%}", "canary": ", percent: 5, max_lag: 1s"}
NOW = 100.0


def text(stage: str | None) -> str:
    if stage is None:
        return NO_ROUTE
    return (
        f"{HEAD}  - {{name: a, match: GET /a, new: fresh, stage: {stage}{MORE.get(stage, '')}}}\n"
    )


def start(
    folder: Path, before: str | None, *, force: str = "", file: str = "routes.yaml",
    behind: float = 0.0,
) -> tuple[Start, Accepted]:  # fmt: skip
    write_accepted(folder, folder / "routes.yaml", text(before).encode())
    found = read_accepted(folder, "routes.yaml")
    assert found is not None
    lags = {"fresh": Lag(behind, NOW)}
    return Start(folder / file, force, lambda: lags, lambda: NOW), found


def refused(how: tuple[Start, Accepted], after: str | None) -> str:
    """What is said against the file; empty when it is taken."""
    try:
        judge_start(how[0], load(text(after).encode()), how[1])
    except RouteFileError as error:
        return str(error)
    return ""


TAKEN = [
    ("legacy", "shadow"), ("legacy", None), ("shadow", "legacy"), ("shadow", "canary"),
    ("shadow", None), ("canary", "shadow"), ("canary", "new"), ("new", "canary"),
    ("new", "retired"), (None, "new"), (None, "retired"),
]  # fmt: skip
ALL = [*Stage, None]
REFUSED = [(a, b) for a in ALL for b in ALL if a != b and a is not None and (a, b) not in TAKEN]


@pytest.mark.parametrize(("before", "after"), TAKEN)
def test_one_step_is_taken(tmp_path: Path, before: str | None, after: str | None) -> None:
    assert refused(start(tmp_path, before), after) == ""


@pytest.mark.parametrize(("before", "after"), REFUSED)
def test_a_jump_is_refused_and_the_way_is_said(
    tmp_path: Path, before: str, after: str | None
) -> None:
    said = refused(start(tmp_path, before), after)
    assert "while the facade was stopped" in said
    assert ('--force "why"' in said) == (before != "retired")
    forced = refused(start(tmp_path, before, force="we mean it"), after)
    assert bool(forced) == (before == "retired")


def test_what_is_forced_is_said_with_its_reason(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    refused(start(tmp_path, "legacy", force="we mean it"), "new")
    (line,) = caplog.messages
    assert "we mean it" in line
    assert "from legacy to new" in line


def test_a_read_model_that_is_behind_holds_a_step_at_a_start_too(tmp_path: Path) -> None:
    assert "behind legacy" in refused(start(tmp_path, "shadow", behind=9.0), "canary")
    assert refused(start(tmp_path, "canary", behind=9.0), "shadow") == ""


def test_of_another_file_only_what_is_retired_counts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert refused(start(tmp_path, "legacy", file="other.yaml"), "new") == ""
    assert "another route file" in caplog.text
    assert "is retired" in refused(start(tmp_path, "retired", file="other.yaml"), "new")


def test_steps_that_were_taken_meanwhile_count(tmp_path: Path) -> None:
    how = start(tmp_path, "new")
    note_step(tmp_path / "routes.yaml", "a", "new", "canary")
    note_step(tmp_path / "routes.yaml", "a", "canary", "shadow")
    assert [route.stage for route in before_start(*how).routes] == [Stage.SHADOW]
    assert refused(how, "legacy") == ""
    assert refused(how, None) == ""
    assert "from shadow to new" in refused(how, "new")
