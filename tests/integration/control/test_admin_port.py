"""The admin port through the real processes: the token, its file, a socket, no port at all."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from chassis.cli.calls import NoAnswer, call_object
from chassis.process.address import url

pytestmark = pytest.mark.integration
PROJECT = Path(__file__).parents[3]
ROUTES = 'upstreams: {legacy: {url: "http://127.0.0.1:9"}}\nroutes: []\n'


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start(tmp_path, monkeypatch, free_port):
    """`start(admin)`: a facade with this admin address, in a state folder of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    started: list[subprocess.Popen[str]] = []

    def begin(admin: str, routes: str = ROUTES) -> Path:
        file = tmp_path / "routes.yaml"
        file.write_text(routes)
        command = [sys.executable, "-m", "facade", "run", "--routes", str(file), "--admin", admin]
        command += ["--listen", f"127.0.0.1:{free_port}", "--runtime", str(tmp_path / "runtime")]
        log = (tmp_path / "log").open("a")
        started.append(subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=log, text=True))
        return tmp_path

    yield begin
    for process in started:
        process.send_signal(signal.SIGTERM)
    for process in started:
        process.wait(30)


def status(admin: str) -> dict[str, object]:
    """What it says to a command of the same user, once it answers."""
    until = time.monotonic() + 60
    while True:
        try:
            return call_object(f"{url(admin)}/api/status")
        except NoAnswer:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def another_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_commands_of_the_user_find_the_token_and_others_do_not(start) -> None:
    admin = f"127.0.0.1:{another_port()}"
    folder = start(admin)
    assert "routes" in status(admin)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"http://{admin}/api/status")
    urllib.request.urlopen(f"http://{admin}/metrics").close()
    file = folder / "runtime" / "keys" / "admin.token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (folder / "log").read_text().count(file.read_text()) == 1  # said once
    said = subprocess.run(
        [sys.executable, "-m", "fig", "token", "--admin", admin, "--json"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(said.stdout)["token"] == file.read_text()


def test_a_name_in_the_route_file_is_answered_and_another_one_is_not(start) -> None:
    admin = f"127.0.0.1:{another_port()}"
    start(admin, f"facade: {{admin: {{hosts: [door.intern], token: false}}}}\n{ROUTES}")
    status(admin)
    for name, expected in (("door.intern", 200), ("rebound.example", 421)):
        request = urllib.request.Request(f"http://{admin}/api/status", headers={"Host": name})
        try:
            with urllib.request.urlopen(request) as answer:
                assert answer.status == expected
        except urllib.error.HTTPError as error:
            assert error.code == expected


def test_a_socket_of_its_owner(start, tmp_path) -> None:
    path = tmp_path / "a.sock"
    start(f"unix:{path}")
    assert "routes" in status(f"unix:{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_off_is_off_and_clients_are_answered(start, free_port) -> None:
    folder = start("off")
    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{free_port}/").close()
        except urllib.error.HTTPError as error:
            assert error.code == 502  # nobody is at legacy's address
            break
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.05)
    assert "dashboard" not in (folder / "log").read_text()
    listening = Path("/proc/net/tcp").read_text().split("\n")[1:]
    mine = {f":{free_port:04X}"}
    inodes = _inodes_below(_facade_of(folder))
    ports = {
        row.split()[1][8:]
        for row in listening
        if row and row.split()[9] in inodes and row.split()[3] == "0A"
    }
    assert ports == mine


def _facade_of(folder: Path) -> int:
    """The master process that runs by the route file in this folder."""
    for child in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split():
        if str(folder).encode() in Path(f"/proc/{child}/cmdline").read_bytes():
            return int(child)
    raise AssertionError("the facade has ended")


def _inodes_below(pid: int) -> set[str]:
    """The sockets of all processes below this one."""
    found: set[str] = set()
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found |= _inodes_below(int(child))
        for entry in Path(f"/proc/{child}/fd").glob("*"):
            try:
                target = str(entry.readlink())
            except OSError:
                continue
            if target.startswith("socket:["):
                found.add(target[8:-1])
    return found
