"""The stack under the demo: its own, or one that runs already and is put back."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from chassis.process import children, lifetime
from fig.demo.script.routes import Wanted
from fig.demo.stage.admin import Admin
from fig.demo.stage.commands import Fig
from fig.demo.stage.stack import (
    PUTS_BACK,
    OwnStack,
    RunningStack,
    complaint,
    refuse_if_running,
)
from fig.demo.stage.world import DemoFailed
from fig.settings import Home
from fig.supervise import state
from fig.supervise.process import Kind
from fig.supervise.standing import State, Status
from fig.supervise.state import StackState

ROUTES = ("product-list", "product-detail")


ENDED: Any = SimpleNamespace(pid=1, returncode=1, poll=lambda: 1)


class RecordingFig(Fig):
    """Calls nothing."""

    def __init__(self) -> None:
        super().__init__(Path("/"), Path("/"))
        self.calls: list[str] = []

    async def call(self, *arguments: str) -> str:
        self.calls.append(" ".join(arguments))
        return ""


def running_stack() -> StackState:
    """As this very process would write it."""
    pid = os.getpid()
    nats = Status("nats", Kind.SERVICE, State.READY, took=0.25)
    return StackState(
        pid=pid,
        pid_started=lifetime.started(pid),
        since=0.0,
        ready=True,
        order={},
        ports={},
        urls={"facade": "http://f", "admin": "http://a", "legacy": "http://l"},
        routes="/r.yaml",
        processes=(state.process_state(nats),),
    )


def admin() -> Admin:
    routes = [
        {"name": "product-list", "stage": "canary", "percent": 25.0},
        {"name": "product-detail", "stage": "legacy"},
    ]
    answer = httpx2.Response(200, json={"routes": routes})
    return Admin("http://a", httpx2.MockTransport(lambda _: answer))


class TestRunningStack:
    async def test_routes_are_walked_to_legacy_and_the_fault_is_switched_on(self) -> None:
        fig = RecordingFig()
        await RunningStack(fig, running_stack(), ROUTES, admin()).start("discount-rounding")
        where = "--routes /r.yaml --admin http://a"
        assert fig.calls == [
            f"flip product-list,product-detail legacy --walk {where}",
            "restart catalog --set CATALOG_FAULT=discount-rounding",
        ]

    async def test_everything_is_put_back(self) -> None:
        fig = RecordingFig()
        stack = RunningStack(fig, running_stack(), ROUTES, admin())
        await stack.start("discount-rounding")
        fig.calls.clear()
        await stack.stop()
        assert fig.calls[0].startswith("flip product-list canary 25 --walk")
        assert f"--force {PUTS_BACK}" in fig.calls[0], (
            "the evidence of before is not there any more"
        )
        assert fig.calls[1].startswith("flip product-detail legacy --walk")
        assert fig.calls[2] == "restart catalog --set CATALOG_FAULT="

    async def test_a_facade_without_these_routes_is_refused_before_anything_moves(self) -> None:
        fig = RecordingFig()
        with pytest.raises(DemoFailed, match="no route category-list"):
            await RunningStack(fig, running_stack(), ("category-list",), admin()).start("")
        assert fig.calls == []


class TestOwnStack:
    def test_every_process_that_is_ready_is_reported_once(self, tmp_path: Path) -> None:
        lines: list[str] = []
        own = OwnStack(RecordingFig(), Home(tmp_path), tmp_path, ROUTES, lines.append)
        shown: set[str] = set()
        own.report(running_stack(), shown)
        own.report(running_stack(), shown)
        assert lines == ["nats ready after 0.2 s"]

    async def test_it_begins_again_where_the_last_one_ended(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The shop of before has lost its monolith."""
        (left := tmp_path / "shop" / "ended").parent.mkdir()
        left.touch()
        monkeypatch.setattr(children, "start", lambda program: ENDED)
        source = tmp_path / "routes.yaml"
        source.write_text("routes: []\nupstreams: {legacy: {url: http://l}}\n")
        own = OwnStack(RecordingFig(), Home(left.parent), source, Wanted((), ()), print)
        with pytest.raises(DemoFailed, match="did not come up"):
            own.log = source
            await own.start("")
        assert not left.exists()
        assert own.routes.exists()

    async def test_stopping_what_never_started_is_nothing(self, tmp_path: Path) -> None:
        await OwnStack(RecordingFig(), Home(tmp_path), tmp_path, ROUTES, print).stop()


def test_the_reason_of_a_stack_that_did_not_come_up(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("  nats ready\nfig: cannot start:\n  port 8000 is taken\n")
    assert complaint(log) == "cannot start:\n  port 8000 is taken"
    log.write_text("Killed\n")
    assert complaint(log) == f"Killed (see {log})"


def test_a_stack_that_runs_is_not_touched_unasked(tmp_path: Path) -> None:
    home: Any = Home(tmp_path)
    home.state.parent.mkdir(parents=True)
    refuse_if_running(home)
    state.write(home.state, running_stack())
    with pytest.raises(DemoFailed, match=r"http://f.*make down.*--use-running"):
        refuse_if_running(home)
