"""Other commands by process: what they say, and why they refuse."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fig.demo.stage.commands import Fig, reason
from fig.demo.stage.world import DemoFailed


def fig_that_runs(tmp_path: Path, script: str) -> Fig:
    fig = Fig(tmp_path, tmp_path)
    fig.start = [sys.executable, "-c", script]
    return fig


async def test_what_it_said(tmp_path: Path) -> None:
    fig = fig_that_runs(tmp_path, "import sys; print(sys.argv[1:])")
    assert "['flip', 'r', 'new']" in await fig.call("flip", "r", "new")


async def test_a_refusal_comes_with_its_last_words(tmp_path: Path) -> None:
    fig = fig_that_runs(tmp_path, "import sys; sys.exit('first\\nfig: no such route')")
    with pytest.raises(DemoFailed, match="fig flip r: fig: no such route"):
        await fig.call("flip", "r")


@pytest.mark.parametrize(
    ("words", "calls"), [("no running facade could be asked", 3), ("the evidence says no", 1)]
)
async def test_a_facade_that_was_too_busy_to_answer_is_asked_again(
    tmp_path: Path, words: str, calls: int
) -> None:
    seen = tmp_path / "calls"
    script = f"import sys; open({str(seen)!r}, 'a').write('x'); sys.exit({words!r})"
    fig = fig_that_runs(tmp_path, script)
    with pytest.raises(DemoFailed, match=words):
        await fig.call("flip", "r")
    assert len(seen.read_text()) == calls


async def test_what_a_person_set_for_other_files_does_not_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACADE_ROUTES", "/elsewhere")
    fig = fig_that_runs(tmp_path, "import os; print(os.environ.get('FACADE_ROUTES'))")
    assert (await fig.call()).strip() == "None"


async def test_the_reason_in_json_is_read(tmp_path: Path) -> None:
    script = 'print(\'{"ok": false, "error": "the evidence"}\'); raise SystemExit(1)'
    with pytest.raises(DemoFailed, match="fig flip r: the evidence"):
        await fig_that_runs(tmp_path, script).call("flip", "r")


def test_silence_is_said_too() -> None:
    assert reason(b"\n \n") == "no reason given"
