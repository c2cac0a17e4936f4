"""The wheel, built from this checkout and installed alone, outside of it."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from tests.rigs.processes.ports import free_port

PROJECT = Path(__file__).parents[3]
START_SECONDS = 30.0
UV = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
# Of the caller's variables only what finds programs and an index: nothing that leads to a checkout.
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
KEPT_PREFIXES = ("UV_", "PIP_")


def run(*command: str | Path, cwd: Path, env: Mapping[str, str]) -> str:
    """What the command printed; fails the test with all it said on another exit code than 0."""
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel, and an empty folder to work in."""

    venv: Path
    wheel: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Variables for the installed commands; `uv` of this checkout's environment is found."""
        kept = {name: value for name, value in os.environ.items() if name in KEPT}
        kept |= {name: os.environ[name] for name in os.environ if name.startswith(KEPT_PREFIXES)}
        own = [str(self.venv / "bin"), str(Path(sys.executable).parent)]
        return kept | {"PATH": os.pathsep.join([*own, kept.get("PATH", "")])}

    @property
    def fig(self) -> Path:
        """The command."""
        return self.venv / "bin" / "fig"

    def call(self, *words: str | Path) -> str:
        """`fig WORDS`; what it printed."""
        return run(self.fig, *words, cwd=self.folder, env=self.environment)


def install(outside: Path) -> Installed:
    """Built, and installed with nothing but its declared dependencies, in their locked versions."""
    run(UV, "build", "--quiet", "--wheel", "--out-dir", outside / "dist", PROJECT,
        cwd=outside, env=os.environ)  # fmt: skip
    (wheel,) = (outside / "dist").glob("*.whl")
    venv = outside / "venv"
    run(UV, "venv", "--quiet", "--python", sys.executable, venv, cwd=outside, env=os.environ)
    locked = ("--constraint", PROJECT / "requirements.lock")
    run(UV, "pip", "install", "--quiet", "--python", venv / "bin" / "python",
        *locked, wheel, cwd=outside, env=os.environ)  # fmt: skip
    folder = outside / "work"
    folder.mkdir()
    return Installed(venv, wheel, folder)


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = b'{"path": "%s"}' % self.path.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the test looks at answers."""


class Monolith:
    """An HTTP server that says which path was asked for."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


ROUTES = """\
upstreams:
  legacy:  {{url: "{legacy}"}}
  reports: {{url: "{legacy}"}}
routes:
  - name: report
    match: GET /reports/{{id}}
    new: reports
    stage: shadow
    compare: {{sample: 100%}}
"""


class Facade:
    """`fig facade`, started by the installed command; its route file is `my-routes.yaml`."""

    def __init__(self, installed: Installed, legacy: str) -> None:
        self._installed = installed
        self.host, self.admin = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        self.runtime, self.log = installed.folder / "run", installed.folder / "facade.log"
        (installed.folder / "my-routes.yaml").write_text(ROUTES.format(legacy=legacy))

    def __enter__(self) -> Self:
        command = [str(self._installed.fig), "facade", "--routes", "my-routes.yaml"]
        command += ["--listen", self.host, "--admin", self.admin, "--runtime", str(self.runtime)]
        with self.log.open("wb") as said:
            self._process = subprocess.Popen(
                command, cwd=self._installed.folder, env=self._installed.environment,
                stdout=said, stderr=said,
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(60) == 0, self.log.read_text()

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of an answer through the facade."""
        connection = http.client.HTTPConnection(self.host, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()

    def _answers(self) -> bool:
        """Clients, and on the admin port."""
        host, _, port = self.admin.rpartition(":")
        with contextlib.suppress(OSError, http.client.HTTPException):
            socket.create_connection((host, int(port)), 1).close()
            return self.get("/")[0] == 200
        return False
