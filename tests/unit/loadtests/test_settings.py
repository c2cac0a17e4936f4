from __future__ import annotations

import json
from pathlib import Path

import pytest

from loadtests.settings import DEFAULT_HOST, facade_address, from_environment, think_time


def test_address_from_the_environment_wins(tmp_path: Path) -> None:
    env = {"FIG_FACADE_URL": "http://127.0.0.1:9/", "FIG_HOME": str(tmp_path)}
    assert facade_address(env) == "http://127.0.0.1:9"


def test_address_from_the_running_stack(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    state = {"urls": {"facade": "http://127.0.0.1:18080"}}
    (tmp_path / "run" / "state.json").write_text(json.dumps(state))
    assert facade_address({"FIG_HOME": str(tmp_path)}) == "http://127.0.0.1:18080"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"urls": {"facade": 7}}'])
def test_an_unreadable_state_means_the_default(tmp_path: Path, content: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "state.json").write_text(content)
    assert facade_address({"FIG_HOME": str(tmp_path)}) == DEFAULT_HOST


@pytest.mark.parametrize("text", ["fast", "2-1", "-1", "1-x"])
def test_think_time_that_makes_no_sense(text: str) -> None:
    with pytest.raises(ValueError, match="LOADTEST_THINK"):
        think_time(text)


def test_everything_from_the_environment(tmp_path: Path) -> None:
    settings = from_environment(
        {
            "FIG_FACADE_URL": "http://h:1",
            "LOADTEST_THINK": "0.1",
            "LOADTEST_STATS_FILE": str(tmp_path / "s.jsonl"),
            "LOADTEST_SEED": "7",
        }
    )
    assert (settings.think, settings.seed) == ((0.1, 0.1), 7)
    assert settings.stats_file == tmp_path / "s.jsonl"


def test_files_are_kept_only_when_asked_for() -> None:
    names = ("stats", "orders", "absence")
    assert not any(getattr(from_environment({}), f"{name}_file") for name in names)
    asked = from_environment({f"LOADTEST_{name.upper()}_FILE": f"/x/{name}" for name in names})
    assert [getattr(asked, f"{name}_file") for name in names] == [Path(f"/x/{n}") for n in names]


def test_everyone_is_let_in_only_when_asked_for() -> None:
    assert not from_environment({}).everyone
    assert not from_environment({"LOADTEST_EVERYONE": ""}).everyone
    assert from_environment({"LOADTEST_EVERYONE": "Y"}).everyone
