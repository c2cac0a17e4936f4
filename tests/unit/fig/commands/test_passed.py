"""What `fig` gives the facade's commands of the stack that runs."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fig.clients import running
from fig.commands.passed import SEEN, for_init, for_keys, for_replay, for_retire, for_sidecar
from fig.retire import files
from fig.settings import Home
from fig.supervise.state import StackState

HOME = Home(Path("/data"))
STACK = StackState(
    pid=42,
    pid_started=7,
    since=0.0,
    ready=True,
    order={},
    ports={},
    urls={"legacy": "http://127.0.0.1:8002", "admin": "http://127.0.0.1:8001"},
    routes="/shop/routes.yaml",
)


def test_beside_a_running_stack() -> None:
    variables = for_sidecar({"PATH": "/bin"}, HOME, STACK)
    assert variables == {
        "PATH": "/bin",
        "FACADE_SIDECAR_FOLDER": "/data/sidecar",
        "FACADE_SIDECAR_VENV": "/data/sidecar-venv",
        "FACADE_SIDECAR_UPSTREAM": "http://127.0.0.1:8002",
        "FACADE_SIDECAR_STACK_PID": "42",
        "FACADE_RUNTIME": "/data/run/facade",
        "FACADE_ROUTES": "/shop/routes.yaml",
        "FACADE_ADMIN": "http://127.0.0.1:8001",
    }
    variables = for_replay({}, HOME, STACK)
    assert variables["FACADE_REPLAY_LEGACY"] == "http://127.0.0.1:8002"
    assert variables["FACADE_RUNTIME"] == "/data/run/facade"
    assert variables["FACADE_SIDECAR_VENV"] == "/data/sidecar-venv"


def test_without_a_stack_nothing_is_made_up() -> None:
    for made in (for_sidecar, for_replay, for_init):
        variables = made({}, HOME, None)
        assert "FACADE_RUNTIME" not in variables
        assert variables["FACADE_SIDECAR_VENV"] == "/data/sidecar-venv"
        assert not any("UPSTREAM" in name or "LEGACY" in name for name in variables)


def test_the_caller_comes_first() -> None:
    own = {"FACADE_SIDECAR_UPSTREAM": "http://a:1", "FACADE_REPLAY_LEGACY": "http://b:1"}
    assert for_sidecar(own, HOME, STACK)["FACADE_SIDECAR_UPSTREAM"] == "http://a:1"
    assert for_replay(own, HOME, STACK)["FACADE_REPLAY_LEGACY"] == "http://b:1"


def test_keys_are_those_of_the_stack() -> None:
    variables = for_keys({}, HOME, STACK)
    assert variables["FACADE_IDENTITY_KEY"] == "/data/keys/facade/identity.json"
    assert variables["FACADE_IDENTITY_PUBLIC"] == "/data/keys/public/identity.json"
    assert not any("IDENTITY" in name for name in for_keys({}, HOME, None))
    own = {"FACADE_IDENTITY_KEY": "/mine.json"}
    assert for_keys(own, HOME, STACK)["FACADE_IDENTITY_KEY"] == "/mine.json"


def stack(**ports: int) -> StackState:
    found: Any = SimpleNamespace(ports=ports, routes="routes.yaml", urls={"admin": "http://a"})
    return cast(StackState, found)


@pytest.mark.parametrize(
    ("found", "here", "seen"),
    [
        (None, True, "mine.json"),
        (stack(legacy=1), False, "mine.json"),
        (stack(facade=1), True, "mine.json"),
        (stack(legacy=1), True, os.pathsep.join(["mine.json", "a", "b"])),
    ],
)
def test_the_files_are_added_to_the_callers_own(
    found: StackState | None, here: bool, seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "shop_here", lambda: here)
    monkeypatch.setattr(files, "write", lambda _home, _found: ["a", "b"])
    variables = for_retire({SEEN: "mine.json"}, Home(Path("x")), found)
    assert variables[SEEN] == seen
