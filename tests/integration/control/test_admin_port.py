"""The admin port through the real processes: the token, its file, a socket, no port at all."""

import http.client
import http.server
import json
import os
import signal
import stat
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from chassis.cli.calls import NoAnswer, call_object
from chassis.process.address import url
from chassis.process.files import write_whole
from tests.rigs.processes.ports import free_port
from tests.rigs.processes.warm import WARM, Forked
from tests.rigs.processes.warm_facade import FACADE

pytestmark = pytest.mark.integration
PROJECT = Path(__file__).parents[3]
ROUTES = 'upstreams: {legacy: {url: "http://127.0.0.1:9"}}\nroutes: []\n'


@pytest.fixture(name="free_port")
def _free_port() -> int:
    return free_port()


class Facades:
    """Facades in front of one port, with their files in one folder."""

    def __init__(self, folder: Path, port: int, environment: Mapping[str, str]) -> None:
        self._folder, self._port, self._environment = folder, port, environment
        self._started: list[Forked] = []

    def __call__(self, admin: str, routes: str = ROUTES, **more: str) -> Path:
        """Start one with this admin address; returns the folder."""
        folder = self._folder
        file = folder / "routes.yaml"
        file.write_text(routes)
        command = ["run", "--routes", str(file), "--admin", admin]
        command += ["--listen", f"127.0.0.1:{self._port}", "--runtime", str(folder / "runtime")]
        with (folder / "log").open("a") as log:
            env = {**self._environment, **more}
            facade = WARM.start(FACADE, *command, env=env, stderr=log.fileno())
        self._started.append(facade)
        (folder / "pid").write_text(str(facade.pid))
        return folder

    def end(self) -> None:
        """Stop all, and wait for their ends."""
        for process in self._started:
            process.send_signal(signal.SIGTERM)
        for process in self._started:
            process.wait(60)
        self._started.clear()


@pytest.fixture
def start(tmp_path: Path, monkeypatch, free_port: int) -> Iterator[Facades]:
    """`start(admin)`: a facade with this admin address, in a state folder of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    facades = Facades(tmp_path, free_port, os.environ)
    yield facades
    facades.end()


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


def test_commands_of_the_user_find_the_token_and_others_do_not(start) -> None:
    admin = f"127.0.0.1:{free_port()}"
    folder = start(admin)
    assert "routes" in status(admin)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"http://{admin}/api/status")
    urllib.request.urlopen(f"http://{admin}/metrics").close()
    file = folder / "runtime" / "keys" / "admin.token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (folder / "log").read_text().count(file.read_text()) == 1  # said once
    said = WARM.run("fig", "token", "--admin", admin, "--json")
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["token"] == file.read_text()


def asked(admin: str, path: str, **headers: str) -> int:
    """The status of a plain request."""
    request = urllib.request.Request(f"http://{admin}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_the_token_is_printed_once_and_stays_over_a_restart(start, tmp_path) -> None:
    admin = f"127.0.0.1:{free_port()}"
    file = start(admin) / "runtime" / "keys" / "admin.token"
    status(admin)
    token = file.read_text()
    start.end()
    start(admin)
    status(admin)
    assert file.read_text() == token
    assert (tmp_path / "log").read_text().count(token) == 1


def test_the_token_lies_in_the_file_that_the_environment_names(start, tmp_path) -> None:
    admin, file = f"127.0.0.1:{free_port()}", tmp_path / "secrets" / "token"
    start(admin, FACADE_ADMIN_TOKEN=str(file))
    status(admin)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not (tmp_path / "runtime" / "keys" / "admin.token").exists()
    bearer = {"Authorization": f"Bearer {file.read_text().strip()}"}
    assert asked(admin, "/api/status", **bearer) == 200
    assert asked(admin, "/api/status") == 401


def test_a_token_that_was_there_is_taken_and_not_printed(start, tmp_path) -> None:
    admin, file = f"127.0.0.1:{free_port()}", tmp_path / "token"
    file.touch(mode=0o600)
    file.write_text(f"{'a1' * 32}\n")
    start(admin, FACADE_ADMIN_TOKEN=str(file))
    status(admin)
    assert asked(admin, "/api/status", Authorization=f"Bearer {'a1' * 32}") == 200
    assert "a1" * 32 not in (tmp_path / "log").read_text()


@pytest.mark.parametrize(
    ("host", "warned"), [("127.0.0.1", False), ("[::1]", False), ("0.0.0.0", True), ("[::]", True)]
)
def test_it_warns_when_it_listens_beyond_this_machine(start, host: str, warned: bool) -> None:
    port = free_port()
    folder = start(f"{host}:{port}")
    status(f"[::1]:{port}" if "::" in host else f"127.0.0.1:{port}")
    assert ("beyond this machine" in (folder / "log").read_text()) == warned


OPEN = {"readyz": "/readyz", "metrics": "/metrics", "jwks": "/.well-known/jwks.json"}


def test_each_open_path_can_be_closed(start: Facades) -> None:
    admin = f"127.0.0.1:{free_port()}"
    folder = start(admin)
    status(admin)
    for closed in (*OPEN, None):
        still = ", ".join(name for name in OPEN if name != closed)
        text = f"facade: {{admin: {{open: [{still}]}}}}\n{ROUTES}"
        write_whole(folder / "routes.yaml", text.encode())
        until = time.monotonic() + 60
        while (shut := _shut(admin)) != ({closed} - {None}):
            assert time.monotonic() < until, (closed, shut)
            time.sleep(0.05)


def _shut(admin: str) -> set[str]:
    """Which of the open paths need the token; readyz may answer with 503 as well."""
    return {name for name, path in OPEN.items() if asked(admin, path) == 401}


def test_without_a_token_the_names_and_pages_are_still_looked_at(start) -> None:
    admin = f"127.0.0.1:{free_port()}"
    start(admin, f"facade: {{admin: {{token: false}}}}\n{ROUTES}")
    status(admin)
    assert asked(admin, "/api/status") == 200
    assert asked(admin, "/api/status", Host="rebound.example") == 421
    assert asked(admin, "/readyz", Host="rebound.example") != 421
    request = urllib.request.Request(
        f"http://{admin}/api/compare/reset", method="POST", headers={"Origin": "http://evil"}
    )
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request)


def test_a_name_in_the_route_file_is_answered_and_another_one_is_not(start) -> None:
    admin = f"127.0.0.1:{free_port()}"
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
    inodes = _inodes_below(int((folder / "pid").read_text()))
    ports = {
        row.split()[1][8:]
        for row in listening
        if row and row.split()[9] in inodes and row.split()[3] == "0A"
    }
    assert ports == mine


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


class _Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the cookies that it got."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = "; ".join(self.headers.get_all("Cookie") or []).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize("path", ["/legacy", "/new"])
@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        (["fig_admin=secret"], ""),
        (["fig_admin=secret; session=s"], "session=s"),
        (["session=s; fig_admin=secret; cart=c"], "session=s; cart=c"),
        (["session=s", "fig_admin=secret"], "session=s"),
        (["fig_after=1.x", "fig_admin=secret", "session=s"], "session=s"),
        (["fig_admin=a; fig_admin=b"], ""),
        (["my_fig_admin=mine; note=fig_admin"], "my_fig_admin=mine; note=fig_admin"),
    ],
)
def test_the_cookie_of_the_dashboard_reaches_no_side(
    echoing: int, path: str, sent: list[str], seen: str
) -> None:
    """A browser sends it to the public port as well: cookies know no port."""
    client = http.client.HTTPConnection("127.0.0.1", echoing, timeout=20)
    client.putrequest("GET", path)
    for line in sent:
        client.putheader("Cookie", line)
    client.endheaders()
    assert client.getresponse().read().decode() == seen
    client.close()


@pytest.fixture(scope="module")
def echoing_sides() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def echoing(tmp_path_factory: pytest.TempPathFactory, echoing_sides: str) -> Iterator[int]:
    """The public port of a facade whose both sides echo."""
    folder, port = tmp_path_factory.mktemp("echoing"), free_port()
    state = str(folder / "state")
    facades = Facades(folder, port, {**os.environ, "XDG_STATE_HOME": state})
    admin = f"127.0.0.1:{free_port()}"
    facades(
        admin,
        f'upstreams: {{legacy: {{url: "{echoing_sides}"}}, new: {{url: "{echoing_sides}"}}}}\n'
        "routes:\n  - {name: new, match: GET /new, new: new, stage: new}\n",
    )
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("XDG_STATE_HOME", state)
            status(admin)
        yield port
    finally:
        facades.end()
