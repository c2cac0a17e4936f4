"""Flip a route through all its stages and back while shoppers shop; kill the new side in a canary.

FIG_FLIP_ROUNDS and FIG_FLIP_USERS make it longer by hand: 20 and 50 are the figures promised.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chassis.cli.calls import call_object

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

PROJECT = Path(__file__).parents[2]
ROUNDS = int(os.environ.get("FIG_FLIP_ROUNDS", "2"))
USERS = os.environ.get("FIG_FLIP_USERS", "20")
WAY = (("shadow",), ("canary", "50"), ("new",), ("canary", "50"), ("shadow",), ("legacy",))


class Stack:
    """A stack of the test's own, driven by the `fig` command."""

    def __init__(self, folder: Path, port_base: int) -> None:
        self.routes = Path(shutil.copy(PROJECT / "routes.yaml", folder / "routes.yaml"))
        self.admin = f"http://127.0.0.1:{port_base + 1}"
        self.env = {
            **os.environ,
            "FIG_HOME": str(folder / "fig home"),
            "FIG_ROUTES": str(self.routes),
            "FIG_PORT_BASE": str(port_base),
        }

    def fig(self, *words: str) -> str:
        """What the command printed; it must have ended well."""
        done = self.start(*words)
        said, _ = done.communicate(timeout=180)
        assert done.returncode == 0, f"fig {' '.join(words)}: {said}"
        return said

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "fig", *words],
            cwd=PROJECT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def route(self, name: str) -> dict[str, Any]:
        """The route's figures, as the facade tells them."""
        routes = call_object(f"{self.admin}/api/status", seconds=60.0)["routes"]
        return next(dict(route) for route in routes if route["name"] == name)


@pytest.fixture(scope="module")
def stack(
    tmp_path_factory: pytest.TempPathFactory,
    shared_port_base: int,
    shop_in: Callable[[Path], None],
) -> Iterator[Stack]:
    """One for all tests of this file; the first one leaves the route with legacy."""
    stack = Stack(tmp_path_factory.mktemp("flips"), shared_port_base)
    shop_in(Path(stack.env["FIG_HOME"]))
    try:
        stack.fig("up", "--detach")
        yield stack
    finally:
        stack.start("down").communicate(timeout=60)


@contextmanager
def _shoppers(stack: Stack) -> Iterator[None]:
    """People in the shop for as long as it takes; none of their requests may fail."""
    shoppers = stack.start("load", "--users", USERS, "--spawn-rate", "20", "--time", "20m")
    try:
        yield
        assert shoppers.poll() is None, shoppers.communicate()[0]
        shoppers.terminate()
        said, _ = shoppers.communicate(timeout=120)
        assert shoppers.returncode == 0, said
    finally:
        shoppers.kill()


def test_flipping_all_the_way_and_back_under_load_fails_no_request(stack: Stack) -> None:
    with _shoppers(stack):
        _until(lambda: stack.route("product-detail")["requests"]["legacy"] > 0)
        for _ in range(ROUNDS):
            for step in WAY:
                stack.fig("flip", "product-detail", *step, "--force", "a test of flipping")
        _until(lambda: stack.route("product-detail")["requests"]["new"] > 0)


def test_a_killed_catalog_in_a_canary_is_covered_by_legacy_and_comes_back(stack: Stack) -> None:
    for step in WAY[:2]:
        stack.fig("flip", "product-detail", *step, "--force", "a test of flipping")
    before = stack.route("product-detail")["requests"]["new"]
    with _shoppers(stack):
        _until(lambda: stack.route("product-detail")["requests"]["new"] > before + 5)
        stack.fig("kill", "catalog", "--wait")
        answered = stack.route("product-detail")["requests"]["new"]
        _until(lambda: stack.route("product-detail")["requests"]["new"] > answered + 5)


def _until(true: Any, seconds: float = 180.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.1)
