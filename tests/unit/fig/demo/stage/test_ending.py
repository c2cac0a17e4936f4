"""`--close`, `fig retire` and `fig farewell` as the demo calls them, and what it waits for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fig.demo.stage import ending
from fig.demo.stage.commands import Fig
from fig.demo.stage.ending import close_window, farewell, retire
from fig.demo.stage.world import DemoFailed, Retired

GOOD = {"check": "verified", "ok": True, "words": "both sides hold the same"}
LATE = {"check": "reverse feed", "ok": False, "words": "3 rows are on their way"}
APART = {"check": "verified", "ok": False, "words": "the sides differ: 1 differences"}
SOON = {"kind": "watched", "words": "watched for 3 s, and 10 s are asked for"}
NEVER = {"kind": "domain", "words": "the window of 'orders' is open"}


class SayingFig(Fig):
    """Gives one answer after the other."""

    def __init__(self, *answers: Any) -> None:
        super().__init__(Path("/"), Path("/"))
        self.answers = list(answers)
        self.calls: list[str] = []

    async def verdict(self, *arguments: str) -> dict[str, Any]:
        self.calls.append(" ".join(arguments))
        return dict(self.answers.pop(0))

    async def run(self, *command: str, env: Any = None) -> tuple[int, bytes, bytes]:
        self.calls.append(" ".join(command[len(self.start) :]))
        code, *lines = self.answers.pop(0)
        return code, b"\n".join(json.dumps(line).encode() for line in lines), b""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "POLL", 0.0)


class TestCloseWindow:
    async def test_rows_on_their_way_are_waited_for(self) -> None:
        fig = SayingFig({"ok": False, "checks": [GOOD, LATE]}, {"ok": True, "checks": [GOOD]})
        assert (await close_window(fig, "goods")).words == "both sides hold the same"
        assert fig.calls == ["cutover goods --close --yes"] * 2

    async def test_sides_that_differ_are_not(self) -> None:
        fig = SayingFig({"ok": False, "checks": [APART, LATE]})
        with pytest.raises(DemoFailed, match="the sides differ"):
            await close_window(fig, "goods")


class TestRetire:
    async def test_it_is_asked_until_nothing_needed_legacy_for_long_enough(self) -> None:
        fig = SayingFig(
            (1, {"ok": False, "objections": [SOON]}), (0, {"route": "a"}, {"route": "b"})
        )
        assert await retire(fig, 10.0) == Retired(("a", "b"), SOON["words"])
        assert fig.calls == ["retire --all --horizon 10s --yes --json"] * 2

    async def test_a_worker_that_was_late_is_no_refusal_and_what_is_retired_stays(self) -> None:
        fig = SayingFig((1, {"route": "a"}), (0, {"route": "b"}))
        assert await retire(fig, 10.0) == Retired(("a", "b"), "")

    async def test_what_no_waiting_removes_ends_it(self) -> None:
        with pytest.raises(DemoFailed, match="is open"):
            await retire(SayingFig((1, {"objections": [SOON, NEVER]})), 10.0)

    async def test_an_error_is_no_objection(self) -> None:
        with pytest.raises(DemoFailed, match="no such file"):
            await retire(SayingFig((2, {"ok": False, "error": "no such file"})), 10.0)


class TestFarewell:
    async def test_its_steps_and_its_archive(self) -> None:
        archive = {"path": "/a/legacy.dump", "bytes": 9, "tables": 12, "rows": 34, "sha256": "0"}
        steps = [{"step": "stop", "seconds": 0.5, "already": False, "words": "ended: legacy"}]
        gone = await farewell(SayingFig({"ok": True, "steps": steps, "archive": archive}))
        assert gone.steps == (("stop", 0.5, "ended: legacy"),)
        assert (gone.archive, gone.size, gone.tables, gone.rows) == ("/a/legacy.dump", 9, 12, 34)

    async def test_what_stands_against_it(self) -> None:
        fig = SayingFig({"ok": False, "objections": [{"words": "a session holds the database"}]})
        with pytest.raises(DemoFailed, match="a session holds the database"):
            await farewell(fig)
