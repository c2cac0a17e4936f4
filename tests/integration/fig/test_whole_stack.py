"""The real stack, once: up, looked at, its processes and its supervisor killed."""

import json
import os
import shutil
import signal
import urllib.request
from pathlib import Path

import pytest

from chassis.process import lifetime

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]
PROJECT = Path(__file__).parents[3]


@pytest.fixture
def routes(home: Path) -> Path:
    """A route file of the test's own, beside the data folder."""
    return Path(shutil.copy(PROJECT / "routes.yaml", home.parent / "routes.yaml"))


def _get(url: str) -> tuple[int, bytes]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status, answer.read()


def test_a_day_of_the_stack(fig, home, port_base, routes, wait_for):
    fig.variables = {"FIG_ROUTES": str(routes)}
    categories = f"http://127.0.0.1:{port_base}/api/categories"
    _comes_up(fig, port_base)
    _, answer = _get(categories)
    _a_route_moves(fig, port_base, routes, wait_for)
    _whoever_is_killed_comes_back(fig, wait_for)
    _other_settings_and_bad_ones(fig)
    _the_supervisor_is_killed(fig, port_base, wait_for)
    _, after = _get(categories)
    assert json.loads(after) == json.loads(answer)

    down = fig("down")
    assert down.returncode == 0, down.stderr
    assert not (home / "run" / "state.json").exists()
    assert (home / "secrets.json").stat().st_mode & 0o777 == 0o600


def _comes_up(fig, port_base):
    """Both sides answer the same, and the commands find the stack without the variable."""
    up = fig("up", "--detach", FIG_PORT_BASE=str(port_base))
    assert up.returncode == 0, up.stderr
    assert f"http://127.0.0.1:{port_base}" in up.stdout
    facade, legacy, new = (
        json.loads(_get(f"http://127.0.0.1:{port_base + distance}/api/categories")[1])
        for distance in (0, 2, 3)
    )
    assert facade == legacy == new
    found = json.loads(fig("status", "--json").stdout)
    assert found["running"] and found["ready"]
    assert {process["state"] for process in found["processes"]} == {"ready", "done"}
    assert {route["name"] for route in found["facade"]["routes"]} >= {"product-detail"}
    again = fig("up")
    assert (again.returncode, "runs already" in again.stdout) == (0, True)
    other = fig("up", FIG_PORT_BASE=str(port_base + 100))
    assert (other.returncode, "another stack runs" in other.stderr) == (1, True)


def _a_route_moves(fig, port_base, routes, wait_for):
    flipped = fig("flip", "product-list", "shadow")
    assert flipped.returncode == 0, flipped.stderr
    assert "stage: shadow" in routes.read_text()
    search = f"http://127.0.0.1:{port_base}/api/products?q=zelt"
    wait_for("a pair", lambda: _get(search) and _compared(fig) > 0)  # a copy may be shed
    assert fig("compare").returncode == 0


def _whoever_is_killed_comes_back(fig, wait_for):
    for name in ("catalog", "postgres", "nats", "facade", "legacy", "feed"):
        back = fig("kill", name, "--wait", "--json")
        assert back.returncode == 0, back.stderr
        assert json.loads(back.stdout)["pid"] != json.loads(back.stdout)["killed"]
    wait_for("all is up", lambda: fig.state.ready)


def _other_settings_and_bad_ones(fig):
    bad = fig("restart", "catalog", "--set", "CATALOG_FAULT=nonsense")
    assert bad.returncode == 1
    assert "goes on with its former settings" in bad.stderr
    good = fig("restart", "catalog", "--set", "CATALOG_FAULT=discount-rounding")
    assert (good.returncode, good.stdout) == (0, "catalog is ready\n"), good.stderr
    environment = Path(f"/proc/{fig.state.process('catalog').pid}/environ").read_bytes()
    assert b"CATALOG_FAULT=discount-rounding" in environment.split(b"\0")
    assert "HTTP_PROXY" not in environment.decode()
    assert "catalog          ended with exit code 2; starting it again" in fig("logs", "fig").stdout
    assert "nonsense" in fig("logs", "catalog", "-n", "500").stdout


def _the_supervisor_is_killed(fig, port_base, wait_for):
    """Nobody is left, and the next one finds the data."""
    everybody = [process.pid for process in fig.state.processes if process.alive]
    os.kill(fig.state.pid, signal.SIGKILL)
    wait_for("all are gone", lambda: not any(map(lifetime.started, everybody)), seconds=20)
    assert fig("status").returncode == 1
    after = fig("up", "--detach", FIG_PORT_BASE=str(port_base))
    assert after.returncode == 0, after.stderr
    assert "the last run was killed; its data is kept" in after.stderr


def _compared(fig) -> int:
    found = json.loads(fig("compare", "product-list", "--json").stdout)
    return found["routes"][0]["compared"]
