"""A minute of `make cutover`: the orders go there and back under load, and three strikes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

PROJECT = Path(__file__).parents[2]
# Who carries it out, who only ordered it, and the other service of the domain.
STRIKES = "new:orders:killed:fence,legacy:command:killed:before,new:inventory:killed:after"


def test_the_orders_change_hands_under_load_and_under_strikes(
    port_base: int, tmp_path: Path, shop_in: Callable[[Path], None]
) -> None:
    shop_in(home := tmp_path / "fig home")
    options = ("--moves", "2", "--rate", "4", "--users", "9", "--kill", STRIKES)
    place = ("--port-base", str(port_base), "--home", str(home))
    done = subprocess.run(
        [sys.executable, "-m", "loadtests.cutover", *options, *place],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=580,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "moves: 2 of" in done.stdout
    assert "writes that waited" in done.stdout
    assert "| inventory |" in done.stdout  # the table of outcomes
