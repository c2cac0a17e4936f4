"""mitmproxy's environment, made once for all workers of a test run; a tiny monolith; a sidecar."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from facade.commands.cli import main
from facade.sidecar import environment
from facade.sidecar.folder import Folder
from facade.sidecar.handle import Handle
from facade.sidecar.plan.plan import Plan

PROJECT = Path(__file__).parents[3]
SERVER = Path(__file__).with_name("server.py")


@pytest.fixture(scope="session")
def mitmproxy() -> Path:
    """The environment's folder, beside .venv so that the next run finds it. Skips with the reason
    where it cannot be made (no network, no wheel for this machine)."""
    folder = PROJECT / ".venv-sidecar" / "environment"
    try:
        environment.ensure(folder)
    except environment.NoEnvironment as error:
        pytest.skip(str(error))
    return folder


@dataclass
class Answer:
    """What a client got; `broken` is the error's name when it got no whole answer."""

    status: int = 0
    body: bytes = b""
    seconds: float = 0.0
    broken: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(address: str, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
    """One request on a connection of its own."""
    host, _, port = address.rpartition(":")
    began = time.monotonic()
    connection = http.client.HTTPConnection(host, int(port), timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, target, body or None, named)
        response = connection.getresponse()
        found = Answer(response.status, response.read())
    except (OSError, http.client.HTTPException) as error:
        found = Answer(broken=type(error).__name__)
    finally:
        connection.close()
    found.seconds = time.monotonic() - began
    return found


@pytest.fixture
def client() -> Callable[..., Answer]:
    """Asks `(address, method, target, body, **headers)`."""
    return ask


@pytest.fixture(scope="session")
def make_monolith() -> Iterator[Callable[..., str]]:
    """Starts tiny monoliths; gives their addresses."""
    running: list[subprocess.Popen[str]] = []

    def make(*words: str) -> str:
        command = [sys.executable, str(SERVER), *words]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        stdout = running[-1].stdout
        assert stdout is not None
        return f"127.0.0.1:{int(stdout.readline())}"

    yield make
    for process in running:
        process.kill()
        process.communicate()


@dataclass
class Sidecar:
    """The sidecar as a person drives it: by its commands."""

    folder: Path
    venv: Path
    upstream: str
    runtime: Path | None = None
    listen: str = ""

    @property
    def handle(self) -> Handle:
        return Handle(Folder(self.folder))

    def call(self, *words: str, code: int = 0) -> dict[str, Any]:
        """`python -m facade sidecar WORDS --json`; fails on another exit code."""
        environ = {
            "FACADE_SIDECAR_FOLDER": str(self.folder),
            "FACADE_SIDECAR_VENV": str(self.venv),
            "FACADE_SIDECAR_UPSTREAM": f"http://{self.upstream}",
            "FACADE_SIDECAR_STACK_PID": str(os.getpid()),
            "FACADE_RUNTIME": None if self.runtime is None else str(self.runtime),
        }
        done = CliRunner().invoke(main, ["sidecar", *words, "--json"], env=environ)
        assert done.exit_code == code, (words, done.output, done.exception, self._log())
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def on(self) -> None:
        self.listen = str(self.call("on")["listen"])

    def status(self) -> dict[str, Any]:
        """What the proxy says of a moment that is not over yet when this is called."""
        called = time.time()
        deadline = time.monotonic() + 60
        while True:
            found = self.handle.status()
            if found is not None and found["at"] > called:
                return found
            assert time.monotonic() < deadline, (found, self._log())
            time.sleep(0.02)

    def _log(self) -> str:
        log = self.handle.folder.log
        return log.read_text() if log.exists() else ""


@pytest.fixture(scope="session")
def make_sidecar(
    tmp_path_factory: pytest.TempPathFactory, mitmproxy: Path
) -> Iterator[Callable[..., Sidecar]]:
    """Makes sidecars that are off; turns them off at the end."""
    made: list[Sidecar] = []

    def make(upstream: str, runtime: Path | None = None) -> Sidecar:
        made.append(Sidecar(tmp_path_factory.mktemp("sidecar"), mitmproxy, upstream, runtime))
        return made[-1]

    yield make
    for one in made:
        one.handle.stop()


@pytest.fixture(scope="session")
def monolith(make_monolith: Callable[..., str]) -> str:
    """The address of the monolith before which `sidecar` stands."""
    return make_monolith()


@pytest.fixture(scope="session")
def running_sidecar(make_sidecar: Callable[..., Sidecar], monolith: str) -> Sidecar:
    """One for all tests that leave it as it was."""
    sidecar = make_sidecar(monolith)
    sidecar.on()
    return sidecar


@pytest.fixture
def sidecar(running_sidecar: Sidecar) -> Iterator[Sidecar]:
    """It runs, records nothing and breaks nothing, before the test and after it."""
    yield running_sidecar
    running_sidecar.handle.apply(Plan())
