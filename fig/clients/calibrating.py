"""`fig compare --calibrate`: legacy against itself, under the demo's traffic, beside the stack."""

import os
import sys
from collections.abc import Mapping
from typing import NoReturn

from chassis.cli.output import Output
from fig.clients import passing
from fig.errors import BadSetting
from fig.supervise.state import StackState

THINK = "0.05-0.3"  # seconds between two clicks: short, the answers matter here


def start(
    found: StackState, pairs: int, users: int, out: Output, hand_over: bool = False
) -> NoReturn:
    """Becomes `python -m facade calibrate …`. Raises BadSetting without Locust or legacy."""
    script = passing.locustfile()
    if "legacy" not in found.urls:
        raise BadSetting("the stack has no monolith any more: there is nothing to calibrate")
    arguments = calibration(found, pairs, users, out, script, hand_over)
    passing.run_instead("facade", arguments, environment(os.environ))


def calibration(
    found: StackState, pairs: int, users: int, out: Output, script: str, hand_over: bool = False
) -> list[str]:
    """Arguments of `python -m facade`: calibrate, with the shoppers as its traffic."""
    return [
        "calibrate",
        *("--routes", found.routes, "--legacy", found.urls["legacy"], "--pairs", str(pairs)),
        *(["--hand-to", found.urls["admin"]] if hand_over else []),
        *out.options,
        *("--", sys.executable, "-m", "locust", "-f", script, "--host", "{url}"),
        *("--headless", "--only-summary", "--users", str(users), "--spawn-rate", "20"),
    ]


def environment(caller: Mapping[str, str]) -> dict[str, str]:
    """Short pauses between two clicks, unless the caller sets others."""
    return {"LOADTEST_THINK": THINK, **caller}
