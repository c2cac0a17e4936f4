"""`fig init --watch`: what passes through the short-lived facade becomes the route file."""

import contextlib
import http.client
import signal
import subprocess
import time

import pytest

from facade.routes.file.reading import load_path
from tests.rigs.processes.installed import Installed
from tests.rigs.processes.ports import free_port

pytestmark = pytest.mark.integration

SECONDS = 90.0


def ask(address: str, method: str, path: str) -> int:
    """The status; 0 while nobody answers."""
    connection = http.client.HTTPConnection(address, timeout=5)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def test_what_passes_becomes_the_route_file(installed: Installed, monolith: str) -> None:
    address, file = f"127.0.0.1:{free_port()}", installed.folder / "watched.yaml"
    command = [str(installed.fig), "init", "--legacy", monolith, "--new", monolith, "--yes"]
    command += ["--watch", "5m", "--listen", address, "--output", str(file)]
    process = subprocess.Popen(
        command, cwd=installed.folder, env=installed.environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    with contextlib.ExitStack() as stack:
        stack.callback(process.kill)
        deadline = time.monotonic() + SECONDS
        while ask(address, "GET", "/reports/0") != 200:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        for number in range(1, 4):
            assert ask(address, "GET", f"/reports/{number}?page=2") == 200
        assert ask(address, "GET", "/site.css") == 200
        assert ask(address, "POST", "/reports") == 501  # this server knows GET alone
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, said
    assert "watched.yaml is written: 1 route that" in said
    text = file.read_text()
    assert "  # 4 requests\n  - name: report\n    match: GET /reports/{report}\n" in text
    assert "#     match: POST /reports\n" in text
    assert "# 1 request for static files" in text
    assert [route.name for route in load_path(file).file.routes] == ["report"]
