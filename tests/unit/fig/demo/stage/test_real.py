"""The real world's own decisions, with everything it reaches replaced."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from fig.demo.script.actions import Edit, Flip
from fig.demo.script.pace import FAST
from fig.demo.script.routes import edit
from fig.demo.stage.admin import Admin
from fig.demo.stage.commands import Fig
from fig.demo.stage.load import LoadProcess, Shoppers
from fig.demo.stage.real import RealWorld, Tools, flips_of
from fig.demo.stage.stack import Addresses
from fig.demo.stage.world import DemoFailed

ROUTES = ("product-list",)


class OneStack:
    """Is up at once."""

    exit_code = 1
    force = ""
    own = True

    def __init__(self, routes: Path) -> None:
        self.routes = routes
        self.stopped = False

    async def start(self, fault: str) -> Addresses:
        return Addresses("http://f", "http://a", self.routes)

    async def stop(self) -> None:
        self.stopped = True


class FlippingFig(Fig):
    """Changes the file as `fig flip` would."""

    def __init__(self, routes: Path) -> None:
        super().__init__(routes.parent, routes.parent)
        self.routes = routes
        self.calls: list[tuple[str, ...]] = []

    async def call(self, *arguments: str) -> str:
        self.calls.append(arguments)
        self.routes.write_text(" ".join(arguments))
        if arguments[0] != "flip":
            return ""
        return "\n".join(self.step(route, arguments[2]) for route in arguments[1].split(","))

    def step(self, route: str, stage: str) -> str:
        """A line as `fig flip --json` writes it."""
        version = hashlib.sha256(self.routes.read_bytes()).hexdigest()[:12]
        to = {"stage": stage, "percent": 5.0}
        return json.dumps({"route": route, "to": to, "version": version, "ms": 41.5})


class Facade:
    """The admin API; its workers decide by `version`."""

    def __init__(self) -> None:
        self.version = ""
        self.routes: list[dict[str, Any]] = []
        self.reset: list[str] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/api/compare/reset":
            self.reset.append(request.url.params["route"])
        return httpx2.Response(
            200, json={"workers": [{"version": self.version}], "routes": self.routes}
        )


@pytest.fixture
def parts(tmp_path: Path) -> Any:
    routes = tmp_path / "routes.yaml"
    routes.write_text("")
    facade = Facade()

    def world(leave_fault: bool = False) -> RealWorld:
        tools = Tools(FlippingFig(routes), OneStack(routes), tmp_path, FAST, leave_fault)
        return RealWorld(tools, ROUTES, lambda url: Admin(url, httpx2.MockTransport(facade)))

    return world, facade, routes


def version_of(routes: Path) -> str:
    return hashlib.sha256(routes.read_bytes()).hexdigest()[:12]


async def test_evidence_of_an_earlier_run_is_forgotten_at_the_start(parts: Any) -> None:
    world, facade, _ = parts
    await world().bring_up("")
    assert facade.reset == ["product-list"]


async def test_a_flip_names_the_demos_own_file_and_facade(parts: Any) -> None:
    world, facade, routes = parts
    real = world()
    await real.bring_up("")
    expected = f"flip product-list canary 5 --routes {routes} --admin http://a --json"
    facade.version = hashlib.sha256(expected.encode()).hexdigest()[:12]
    (flip,) = await real.flip(Flip(("product-list",), "canary", 5))
    assert (flip.version, flip.ms, flip.target) == (version_of(routes), 41.5, "canary 5 %")
    assert " ".join(real.tools.fig.calls[-1]) == expected


async def test_an_edit_moves_them_in_the_demos_own_file_without_a_command(parts: Any) -> None:
    world, facade, routes = parts
    real = world()
    await real.bring_up("")
    routes.write_text("routes: [{name: product-list, new: catalog, stage: shadow}]")
    facade.version = edit(routes, Edit(("product-list",), "new"))
    calls = len(real.tools.fig.calls)
    (flip,) = await real.flip(Edit(("product-list",), "new"))
    assert (flip.version, flip.target) == (version_of(routes), "new")
    assert flip.ms is not None
    assert len(real.tools.fig.calls) == calls


async def test_what_the_command_says_is_not_believed_before_the_workers_say_it(
    parts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, facade, _ = parts
    monkeypatch.setattr("fig.demo.stage.real.FLIP_WITHIN", 0.05)
    real = world()
    await real.bring_up("")
    facade.version = "another"
    (flip,) = await real.flip(Flip(("product-list",), "new"))
    assert flip.ms is None


async def test_a_flip_that_should_have_been_refused_is_undone(
    parts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _, routes = parts
    monkeypatch.setattr("fig.demo.stage.real.FLIP_WITHIN", 0.05)
    real = world()
    await real.bring_up("")
    routes.write_text("as it was")
    assert await real.refusal("product-list", "canary", 5) is None
    assert routes.read_text() == "as it was"


@pytest.mark.parametrize(("leave", "fault"), [(False, ""), (True, "discount-rounding")])
async def test_the_fault_is_left_only_when_asked(parts: Any, leave: bool, fault: str) -> None:
    real = parts[0](leave_fault=leave)
    await real.restart_catalog("")
    assert real.tools.fig.calls[-1][-1] == f"CATALOG_FAULT={fault}"


async def test_before_the_stack_is_up_there_is_no_sample_and_no_flip(parts: Any) -> None:
    real = parts[0]()
    assert await real.sample() is None
    with pytest.raises(DemoFailed, match="not up"):
        await real.flip(Flip(("product-list",), "new"))


async def test_closing_stops_the_stack(parts: Any) -> None:
    real = parts[0]()
    await real.bring_up("")
    await real.close()
    assert real.tools.stack.stopped


def test_a_stage_on_the_way_is_passed_through() -> None:
    def line(route: str, stage: str, percent: float | None) -> str:
        to = {"stage": stage, "percent": percent}
        return json.dumps({"route": route, "to": to, "version": "v", "ms": 9.0})

    steps = [line("a", "canary", 0.0), line("a", "shadow", None), line("b", "shadow", None)]
    found = flips_of("\n".join(steps))
    assert [(one.route, one.target, one.passing) for one in found] == [
        ("a", "canary 0 %", True),
        ("a", "shadow", False),
        ("b", "shadow", False),
    ]


async def test_while_legacy_is_stopped_shoppers_know_what_is_answered_all_the_same(
    parts: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, facade, _ = parts
    facade.routes = [
        {"name": "place-order", "match": "POST /api/orders", "stage": "new"},
        {"name": "login", "match": "POST /api/login", "stage": "legacy"},
    ]
    real = world()
    await real.bring_up("")
    real.load = LoadProcess(Shoppers("http://f", 1, 1.0, "1"), tmp_path, tmp_path)
    await real.stop_legacy(4.0)
    assert real.tools.fig.calls[-1] == ("restart", "legacy", "--pause", "4")
    assert real.load.absence.read_text() == "POST /api/orders\n"
    await real.legacy_is_back()
    assert not real.load.absence.exists()
