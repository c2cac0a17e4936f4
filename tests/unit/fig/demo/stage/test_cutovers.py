"""`fig cutover` as the demo calls it: tried again where it did not come about, else a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fig.demo.judge.ownership import Handover
from fig.demo.stage.commands import Fig
from fig.demo.stage.cutovers import cut_over
from fig.demo.stage.world import DemoFailed

WAITS = {"count": 3, "p50": 0.1, "p99": 0.2, "worst": 0.25}
MOVED = {"toward": "new", "ok": True, "words": "", "failed": 0, "seconds": 2.5, "waits": WAITS}
NOT = {**MOVED, "ok": False, "words": "the fence could not be closed in time"}


class SayingFig(Fig):
    """Gives one document after the other."""

    def __init__(self, *documents: dict[str, Any]) -> None:
        super().__init__(Path("/"), Path("/"))
        self.documents = list(documents)
        self.calls: list[str] = []

    async def verdict(self, *arguments: str) -> dict[str, Any]:
        self.calls.append(" ".join(arguments))
        return self.documents.pop(0)


def said(move: dict[str, Any] | None, *checks: dict[str, Any]) -> dict[str, Any]:
    moves = [] if move is None else [move]
    ok = bool(moves) and moves[-1]["ok"]
    return {"ok": ok, "domain": "goods", "moves": moves, "checks": list(checks)}


async def test_a_move_is_reported_in_milliseconds() -> None:
    fig = SayingFig(said(MOVED))
    done = await cut_over(fig, "goods", "new", 50)
    assert done == Handover("goods", "new", 2.5, waited=3, worst=250.0)
    assert fig.calls == ["cutover goods --bound 50%"]


async def test_the_way_back_is_asked_for() -> None:
    fig = SayingFig(said({**MOVED, "toward": "legacy", "waits": {}}))
    done = await cut_over(fig, "goods", "legacy", 50)
    assert (done.toward, done.waited, done.worst) == ("legacy", 0, 0.0)
    assert fig.calls == ["cutover goods --back --bound 50%"]


async def test_what_did_not_come_about_is_tried_again_and_counted() -> None:
    fig = SayingFig(said(NOT), said(MOVED))
    assert (await cut_over(fig, "goods", "new", 50)).calls == 2


async def test_what_never_comes_about_says_why() -> None:
    check = {"check": "sagas", "ok": False, "words": "2 are parked"}
    fig = SayingFig(
        *[said(None, check, {"check": "fence", "ok": True, "words": "x"})] * 2, said(NOT)
    )
    with pytest.raises(DemoFailed, match="the fence could not be closed in time"):
        await cut_over(fig, "goods", "new", 50)
    fig = SayingFig(*[said(None, check)] * 3)
    with pytest.raises(DemoFailed, match=r"fig cutover goods.*2 are parked"):
        await cut_over(fig, "goods", "new", 50)
