"""A minute of `make chaos`: orders, flips and SIGKILL; the books balance afterwards.

FIG_CHAOS_SEED gives another minute by hand.
"""

import os
import random
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from fig.ports import WIDTH

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

PROJECT = Path(__file__).parents[2]
SEED = os.environ.get("FIG_CHAOS_SEED", "1")


def _free_base() -> int:
    for base in random.sample(range(12_000, 31_000, 40), 200):
        sockets = [socket.socket() for _ in range(WIDTH)]
        try:
            for distance, probe in enumerate(sockets):
                probe.bind(("127.0.0.1", base + distance))
            return base
        except OSError:
            continue
        finally:
            for probe in sockets:
                probe.close()
    raise AssertionError("no free ports")


def test_orders_survive_a_minute_in_which_everything_dies() -> None:
    options = ("--minutes", "1", "--seed", SEED, "--users", "8", "--port-base", str(_free_base()))
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
