"""A minute of `make chaos`: orders, flips and SIGKILL; then legacy stops answering for a while,
on the same stack. The books balance afterwards.

FIG_CHAOS_SEED gives another minute by hand.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

PROJECT = Path(__file__).parents[2]
SEED = os.environ.get("FIG_CHAOS_SEED", "1")


def test_orders_survive_a_minute_in_which_everything_dies_and_an_absence_of_legacy(
    port_base: int,
) -> None:
    minute = ("--minutes", "1", "--seed", SEED, "--users", "8", "--away", "15")
    options = (*minute, "--port-base", str(port_base))
    done = subprocess.run(
        [sys.executable, "-m", "loadtests.chaos", *options],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=580,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "the books balance" in done.stdout
    assert "legacy answered" in done.stdout  # the report of its absence
