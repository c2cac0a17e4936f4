"""The wheel, built from this checkout and installed alone, outside of it."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

PROJECT = Path(__file__).parents[2]
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
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
    run(uv, "build", "--quiet", "--wheel", "--out-dir", outside / "dist", PROJECT,
        cwd=outside, env=os.environ)  # fmt: skip
    (wheel,) = (outside / "dist").glob("*.whl")
    venv = outside / "venv"
    run(uv, "venv", "--quiet", "--python", sys.executable, venv, cwd=outside, env=os.environ)
    locked = ("--constraint", PROJECT / "requirements.lock")
    run(uv, "pip", "install", "--quiet", "--python", venv / "bin" / "python",
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
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
