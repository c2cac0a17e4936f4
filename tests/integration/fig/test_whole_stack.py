"""The real stack, once: up, looked at, its processes and its supervisor killed."""

import json
import os
import shutil
import signal
import urllib.request
from pathlib import Path

import pytest

from fig import pids

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

    # 1 it comes up
    up = fig("up", "--detach", FIG_PORT_BASE=str(port_base))
    assert up.returncode == 0, up.stderr
    assert f"http://127.0.0.1:{port_base}" in up.stdout

    # 2 both sides answer the same, and the commands find it without the variable
    _, legacy = _get(f"http://127.0.0.1:{port_base + 2}/api/categories")
    _, new = _get(f"http://127.0.0.1:{port_base + 3}/api/categories")
    _, door = _get(f"http://127.0.0.1:{port_base}/api/categories")
    assert json.loads(legacy) == json.loads(new) == json.loads(door)
    found = json.loads(fig("status", "--json").stdout)
    assert found["running"] and found["ready"]
    assert {process["state"] for process in found["processes"]} == {"ready", "done"}
    assert {route["name"] for route in found["facade"]["routes"]} >= {"product-detail"}
    again = fig("up")
    assert (again.returncode, "runs already" in again.stdout) == (0, True)
    other = fig("up", FIG_PORT_BASE=str(port_base + 100))
    assert (other.returncode, "another stack runs" in other.stderr) == (1, True)

    # 3 a route moves
    flipped = fig("flip", "product-list", "shadow")
    assert flipped.returncode == 0, flipped.stderr
    assert "stage: shadow" in routes.read_text()
    _get(f"http://127.0.0.1:{port_base}/api/products?q=zelt")
    wait_for("the pair", lambda: _compared(fig) == 1)
    assert fig("compare").returncode == 0

    # 4 whoever is killed comes back
    for name in ("catalog", "postgres", "nats", "facade", "legacy", "feed"):
        back = fig("kill", name, "--wait", "--json")
        assert back.returncode == 0, back.stderr
        assert json.loads(back.stdout)["pid"] != json.loads(back.stdout)["killed"]
    wait_for("all is up", lambda: fig.state.ready)

    # 5 other settings, bad ones too
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

    # 6 the supervisor is killed: nobody is left, and the next one finds the data
    everybody = [process.pid for process in fig.state.processes if process.alive]
    os.kill(fig.state.pid, signal.SIGKILL)
    wait_for("all are gone", lambda: not any(map(pids.started, everybody)), seconds=20)
    assert fig("status").returncode == 1
    after = fig("up", "--detach", FIG_PORT_BASE=str(port_base))
    assert after.returncode == 0, after.stderr
    assert "the last run was killed; its data is kept" in after.stderr
    _, door = _get(f"http://127.0.0.1:{port_base}/api/categories")
    assert json.loads(door) == json.loads(legacy)

    # 7 it goes down, and leaves only its data
    down = fig("down")
    assert down.returncode == 0, down.stderr
    assert not (home / "run" / "state.json").exists()
    assert (home / "secrets.json").stat().st_mode & 0o777 == 0o600


def _compared(fig) -> int:
    found = json.loads(fig("compare", "product-list", "--json").stdout)
    return found["routes"][0]["compared"]
