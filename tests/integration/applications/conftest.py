"""Applications that nobody here wrote, in a browser, with and without the facade before them.

They run where `FIG_APPLICATIONS` is set (`make applications`). What they need is installed once,
below `$XDG_CACHE_HOME/strangler-fig/applications`, outside of the project and of its lock.
"""

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from tests.integration.facade.conftest import Facade
from tests.rigs.chromium import CHROMIUM, flags
from tests.rigs.processes.ports import free_port

INSTALL_SECONDS = 600
START_SECONDS = 180.0
# What differs from one run to the next: identities, and the port in an address.
MOVING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}|\d{6,}")

Application = Callable[[], AbstractContextManager[str]]
Journey = Callable[[Any, str, "Seen"], None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Nothing here runs unasked: it installs what it needs from package indexes."""
    reason = "other people's applications are run by `make applications`"
    for item in items:
        if Path(__file__).parent in item.path.parents and not os.environ.get("FIG_APPLICATIONS"):
            item.add_marker(pytest.mark.skip(reason=reason))


@dataclass
class Seen:
    """What a browser met on a journey, without what differs from one run to the next."""

    steps: list[tuple[str, str]] = field(default_factory=list)  # a step's name, what it showed
    answers: set[tuple[str, str, int]] = field(default_factory=set)  # method, path, status
    sockets: set[str] = field(default_factory=set)  # the paths of WebSockets
    problems: set[str] = field(default_factory=set)  # errors in the console

    def step(self, name: str, shown: str) -> None:
        """Note what a step of the journey showed."""
        self.steps.append((name, MOVING.sub("…", shown)))

    @property
    def failed(self) -> set[tuple[str, str, int]]:
        """The answers that say no."""
        return {one for one in self.answers if one[2] >= 400}


def differences(direct: Seen, behind: Seen, *, polls: bool = False) -> list[str]:
    """What was otherwise behind the facade, in lines. An application that `polls` asks at times of
    its own: then only those of its answers count that say no."""
    found = [
        line
        for (name, one), (other, two) in zip(direct.steps, behind.steps, strict=True)
        for line in unified_diff(one.split("\n"), two.split("\n"), name, other, n=0)
    ]
    answers = (direct.failed, behind.failed) if polls else (direct.answers, behind.answers)
    pairs = {"answer": answers, "socket": (direct.sockets, behind.sockets),
             "problem": (direct.problems, behind.problems)}  # fmt: skip
    for kind, (before, after) in pairs.items():
        found += [f"-{kind} {one}" for one in sorted(map(str, before - after))]
        found += [f"+{kind} {one}" for one in sorted(map(str, after - before))]
    return found


def run(*words: str | Path, folder: Path, **more: str) -> None:
    """Run a command, or skip the test with what it said."""
    try:
        done = subprocess.run(
            [str(word) for word in words], cwd=folder, env=os.environ | more, capture_output=True,
            text=True, timeout=INSTALL_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"{words[0]} failed: {error}")
    if done.returncode:
        pytest.skip(f"{words[0]} failed: {(done.stderr or done.stdout).strip()[-300:]}")


def _cached(name: str, install: Callable[[Path], None]) -> Path:
    """The folder of an application, installed by the first run that needs it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "strangler-fig" / "applications" / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            install(folder)
            (folder / "ready").touch()
    return folder


def from_pypi(name: str, *packages: str) -> Path:
    """The `bin` folder of an environment with these packages."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))

    def install(folder: Path) -> None:
        run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder, folder=folder)
        python = folder / "bin" / "python"
        run(uv, "pip", "install", "--quiet", "--python", python, *packages, folder=folder)

    return _cached(name, install) / "bin"


def from_npm(name: str, package: str) -> Path:
    """The `node_modules` folder with this package; no script of a package is run."""
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip("node and npm are not installed")
    words = ("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix")
    folder = _cached(name, lambda folder: run(*words, folder, package, folder=folder))
    return folder / "node_modules"


@contextlib.contextmanager
def serving(
    command: list[str | Path], path: str, port: int, folder: Path, **more: str
) -> Iterator[str]:
    """The origin of a server that runs in the block, once it answers `path`."""
    origin = f"http://127.0.0.1:{port}"
    log = (folder / "server.log").open("w")
    server = subprocess.Popen(
        [str(word) for word in command], cwd=folder, env=os.environ | more, stdout=log, stderr=log
    )
    try:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                urllib.request.urlopen(origin + path, timeout=20).close()
                break
            except OSError:
                said = (folder / "server.log").read_text()[-500:]
                assert server.poll() is None, said
                assert time.monotonic() < until, said
                time.sleep(0.1)
        yield origin
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


@pytest.fixture
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags())
        yield browser
        browser.close()


def _watched(browser: Any, origin: str, journey: Journey) -> Seen:
    """The journey in a browser that knows nothing yet."""
    seen, context = Seen(), browser.new_context(viewport={"width": 1280, "height": 900})

    def plain(url: str) -> str:
        return MOVING.sub("…", re.sub(r"^\w+://[^/]*|\?.*", "", url))

    def answered(answer: Any) -> None:
        status = 200 if answer.status == 304 else answer.status
        seen.answers.add((answer.request.method, plain(answer.url), status))

    def said(message: Any) -> None:
        if message.type == "error":
            seen.problems.add(re.sub(r"127\.0\.0\.1:\d+", "…", MOVING.sub("…", message.text)))

    page = context.new_page()
    page.set_default_timeout(120_000)
    page.on("response", answered)
    page.on("console", said)
    page.on("websocket", lambda socket: seen.sockets.add(plain(socket.url)))
    try:
        journey(page, origin, seen)
    finally:
        context.close()
    return seen


@pytest.fixture
def both_ways(browser: Any, tmp_path: Path) -> Callable[[Application, Journey], tuple[Seen, Seen]]:
    """The same journey directly and through a facade without routes, each on fresh data."""

    def play(application: Application, journey: Journey) -> tuple[Seen, Seen]:
        with application() as origin:
            direct = _watched(browser, origin, journey)
        with application() as origin:
            routes = f'upstreams: {{legacy: {{url: "{origin}"}}}}\nroutes: []\n'
            facade = Facade(tmp_path, routes)
            try:
                behind = _watched(browser, f"http://127.0.0.1:{facade.port}", journey)
            finally:
                facade.stop()
                facade.log.close()
        return direct, behind

    return play


@pytest.fixture
def port() -> Callable[[], int]:
    return free_port
