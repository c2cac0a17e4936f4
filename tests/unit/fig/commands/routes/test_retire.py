"""`fig retire` gives the facade's command what the logs of the shop say, where one runs."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fig.clients import running
from fig.commands.routes.retire import SEEN, retire_environment
from fig.retire import files
from fig.settings import Home
from fig.supervise.state import StackState


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
    told = retire_environment({SEEN: "mine.json"}, Home(Path("x")), found)
    assert told[SEEN] == seen
