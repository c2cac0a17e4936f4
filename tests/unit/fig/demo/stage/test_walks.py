"""The demo's walk: its commands, and what each wait ends with."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import pytest

from fig.demo.script.actions import Migrate
from fig.demo.stage.walks import DemoWalk
from fig.demo.stage.world import DemoFailed

ROUTES = ("list", "detail")


class FakeFig:
    def __init__(self) -> None:
        self.calls: list[str] = []

    async def call(self, *words: str) -> str:
        self.calls.append(" ".join(words))
        return "{}"


class FakeAdmin:
    """Answers in turn; the last answer stays."""

    def __init__(self) -> None:
        self.guards: list[dict[str, Any]] = [{"guards": [], "walks": [walk("looks around")]}]
        self.journals: list[list[dict[str, Any]]] = [[]]
        self.ms: float | None = 12.0
        self.version = ""

    async def read(self, path: str, **_: str) -> dict[str, Any]:
        if path == "/api/guards":
            return self.guards.pop(0) if len(self.guards) > 1 else self.guards[0]
        last = self.journals.pop(0) if len(self.journals) > 1 else self.journals[0]
        return {"entries": last}

    async def reached(self, version: str, _within: float) -> float | None:
        self.version = version
        return self.ms


def walk(words: str, state: str = "walking") -> dict[str, Any]:
    return {
        "routes": ["list", "detail", "more"],
        "state": state,
        "words": words,
        "stands": "shadow",
    }


def entry(number: int, route: str, after: str) -> dict[str, Any]:
    return {"n": number, "route": route, "after": after, "table": f"v{number}"}


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[DemoWalk, FakeFig, FakeAdmin]:
    monkeypatch.setattr("fig.demo.stage.walks.POLL", 0.0)
    routes = tmp_path / "routes.yaml"
    routes.write_text("x")
    fig, admin = FakeFig(), FakeAdmin()
    return DemoWalk(fig, admin, routes, "http://a"), fig, admin  # type: ignore[arg-type]


def test_it_begins_detached_and_waits_for_its_first_step(rig) -> None:
    one, fig, admin = rig
    old = [entry(4, "list", "shadow"), entry(5, "detail", "shadow")]  # of an earlier run
    admin.journals = [
        old[-1:], old, [*old, entry(6, "list", "shadow")],
        [*old, entry(6, "list", "shadow"), entry(7, "detail", "shadow")],
    ]  # fmt: skip
    flips = asyncio.run(one.begin(Migrate(ROUTES, (5, 25), 15.0, 5)))
    assert fig.calls == [
        "migrate list,detail --detach --plan 5,25 --time 15s --pairs 1 --bound 5%"
        " --approve new --why the demo --admin http://a --json"
    ]
    assert [(flip.route, flip.stage, flip.version, flip.ms) for flip in flips] == [
        ("list", "shadow", "v6", 12.0), ("detail", "shadow", "v7", 12.0),
    ]  # fmt: skip
    assert admin.version == hashlib.sha256(b"x").hexdigest()[:12]


def test_a_share_is_waited_for_by_the_journal(rig) -> None:
    one, _, admin = rig
    admin.journals = [[entry(1, "list", "canary 5%"), entry(2, "detail", "canary 5%")]]
    flips = asyncio.run(one.taken(ROUTES, "canary", 5))
    assert {(flip.stage, flip.percent) for flip in flips} == {("canary", 5)}


def test_it_has_stopped_when_its_own_words_are_the_guards(rig) -> None:
    one, _, admin = rig
    back = {"route": "more", "kind": "back", "words": "9 of 9 pairs differ"}
    admin.guards = [
        {"guards": [], "walks": [walk("stays 3 s more")]},
        {"guards": [back], "walks": [walk("stays 3 s more")]},
        {"guards": [back], "walks": [walk("more: 9 of 9 pairs differ")]},
    ]
    said = asyncio.run(one.stopped(ROUTES))
    assert said == "the walk stands at shadow: more: 9 of 9 pairs differ"


def test_the_word_is_given_once_it_is_asked_for(rig) -> None:
    one, fig, admin = rig
    admin.guards = [
        {"guards": [], "walks": [walk("stays 3 s more")]},
        {"guards": [], "walks": [walk("new needs a person's word: fig approve list")]},
    ]
    admin.journals = [[entry(1, "list", "new"), entry(2, "detail", "new")]]
    asyncio.run(one.approve(ROUTES))
    assert fig.calls == ["approve list,detail --why the demo --admin http://a --json"]


def test_it_is_given_again_where_a_guard_held_the_walk_up_just_then(rig, monkeypatch) -> None:
    one, fig, admin = rig
    admin.guards = [{"guards": [], "walks": [walk("new needs a person's word: fig approve list")]}]
    admin.journals = [[entry(1, "list", "new"), entry(2, "detail", "new")]]
    call, refusals = fig.call, ["nothing waits for a word now: list: 2 s behind", "no facade"]

    async def refused(*arguments: str) -> str:
        if refusals:
            raise DemoFailed(refusals.pop(0))
        return await call(*arguments)

    monkeypatch.setattr(fig, "call", refused)
    with pytest.raises(DemoFailed, match="no facade"):
        asyncio.run(one.approve(ROUTES))
    asyncio.run(one.approve(ROUTES))
    assert len(fig.calls) == 1


@pytest.mark.parametrize("walks", [[], [walk("paused by anna", "paused")]])
def test_a_walk_that_does_not_go_on_ends_the_wait(rig, walks: list[dict[str, Any]]) -> None:
    one, _, admin = rig
    admin.guards = [{"guards": [], "walks": walks}]
    with pytest.raises(DemoFailed, match="does not go on"):
        asyncio.run(one.taken(ROUTES, "canary", 5))
