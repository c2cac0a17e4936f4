"""`fig compare --calibrate`: legacy against itself, under the demo's traffic, beside the stack."""

import importlib.util
import os
import sys
from collections.abc import Mapping
from typing import NoReturn

from chassis.cli.output import Output
from fig.errors import BadSetting
from fig.settings import project_root
from fig.supervise.state import StackState

THINK = "0.05-0.3"  # seconds between two clicks: it is about answers, not about people


def start(
    found: StackState, pairs: int, users: int, out: Output, hand_over: bool = False
) -> NoReturn:
    """Becomes `python -m facade calibrate …`. Raises BadSetting without Locust."""
    script = project_root() / "loadtests" / "locustfile.py"
    if importlib.util.find_spec("locust") is None or not script.exists():
        raise BadSetting("Locust or loadtests/ is missing; run `make install` in the project")
    if "legacy" not in found.urls:
        raise BadSetting("legacy is gone: nothing is left to compare it with")
    program = command(found, pairs, users, out, str(script), hand_over)
    os.chdir(project_root())
    os.execve(program[0], program, environment(os.environ))


def command(
    found: StackState, pairs: int, users: int, out: Output, script: str, hand_over: bool = False
) -> list[str]:
    """The facade's own command, with the shoppers as its traffic."""
    return [
        *(sys.executable, "-m", "facade", "calibrate"),
        *("--routes", found.routes, "--legacy", found.urls["legacy"], "--pairs", str(pairs)),
        *(["--hand-to", found.urls["admin"]] if hand_over else []),
        *out.options,
        *("--", sys.executable, "-m", "locust", "-f", script, "--host", "{url}"),
        *("--headless", "--only-summary", "--users", str(users), "--spawn-rate", "20"),
    ]


def environment(caller: Mapping[str, str]) -> dict[str, str]:
    """The shoppers do not dawdle, unless the caller says so."""
    return {"LOADTEST_THINK": THINK, **caller}
