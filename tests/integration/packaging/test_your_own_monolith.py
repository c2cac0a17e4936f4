"""docs/your-own-monolith.md, followed: every command of the page, in its order, in one shell."""

import configparser
import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from facade.commands.cli import main
from tests.rigs.processes.installed import PROJECT, UV, Installed
from tests.rigs.processes.ports import free_port

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(shutil.which("curl") is None, reason="the page uses curl"),
]

PAGE = (PROJECT / "docs" / "your-own-monolith.md").read_text("utf-8")
UNIT = PROJECT / "docs" / "examples" / "fig-facade.service"
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PORTS = ("5000", "7000", "8080", "8081")
SECONDS = 60.0


class Shell:
    """One bash for the whole page: variables, folders and background jobs stay."""

    def __init__(self, folder: Path, installed: Installed) -> None:
        self.ports = {port: str(free_port()) for port in PORTS}
        self.folder = folder
        self._installed = installed
        self._process = subprocess.Popen(
            ["bash", "-e"], cwd=folder, env=installed.environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        self._tell("trap 'echo; echo @@ended' EXIT\n")

    def run(self, block: str) -> str:
        """What the block printed; fails the test where one of its commands fails."""
        self._tell(f"{self._own(block)}\necho; echo @@done\n")
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            if line in ("@@done\n", "@@ended\n"):
                break
            said.append(line)
        assert line == "@@done\n", f"{block} ended the shell: {''.join(said)}"
        return "".join(said)

    def close(self) -> None:
        """End what the page left running, and see that it ends."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        self._process.communicate(timeout=SECONDS)

    def _tell(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text)
        self._process.stdin.flush()

    def _own(self, block: str) -> str:
        """The same on free ports; uv in the place of pip, since it has everything at hand."""
        wheel = shlex.quote(str(self._installed.wheel))
        locked = f"--constraint {shlex.quote(str(PROJECT / 'requirements.lock'))}"
        block = block.replace(
            "CHECKOUT=$HOME/strangler-fig", f"CHECKOUT={shlex.quote(str(PROJECT))}"
        )
        block = block.replace("python3 -m venv", f"{shlex.quote(str(UV))} venv --quiet")
        block = block.replace('pip install "$CHECKOUT"', f"pip install {wheel}")
        block = re.sub(
            r"(\S+)/bin/pip install",
            rf"{shlex.quote(str(UV))} pip install --quiet {locked} --python \1/bin/python",
            block,
        )
        return re.sub("|".join(PORTS), lambda found: self.ports[found.group()], block)


@pytest.fixture(scope="module")
def shell(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    one = Shell(tmp_path_factory.mktemp("page"), installed)
    yield one
    one.close()


def test_the_page_is_followed(shell: Shell) -> None:
    install, start, draft, front, tls, shadow, canary, back = BLOCKS
    assert shell.run(install).startswith("Strangler Fig ")
    shell.run(start)

    said = shell.run(draft)
    assert "session cookie: session" in said
    assert "routes.yaml: good" in said
    shown = re.search(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    written = shell.run("cat routes.yaml")
    assert shown is not None
    assert shown[1] in written
    assert "'logout' sounds as if it did something" in written

    said = shell.run(front)
    assert '"number":7' in said.replace(" ", "")
    assert "dashboard is at http://127.0.0.1:" in said
    assert re.search(r"^book +legacy", said, re.MULTILINE)

    shell.run(tls)
    asked = tls.splitlines()[-1]
    _wait(lambda: "https://library.example/" in shell.run(asked), "the facade takes the file")

    said = shell.run(shadow)
    assert "book: legacy → shadow" in said
    _wait(lambda: _judged(shell) == 200, "all pairs are judged")
    assert "200" in shell.run("fig compare book --admin :8081")

    said = shell.run(canary)
    assert "book: shadow → canary 10%" in said
    assert "all 1 workers decide by it" in said
    assert re.search(r"^book +canary 10 %", said, re.MULTILINE)

    said = shell.run(back)
    assert "book: shadow → legacy" in said


def _judged(shell: Shell) -> int:
    """How many pairs of the one route that is compared were judged, once none waits."""
    # The monolith in the background writes its log to the same shell: the answer is kept apart.
    answer = shell.folder / "found.json"
    shell.run(f"fig compare book --admin :8081 --json > {shlex.quote(str(answer))}")
    found = json.loads(answer.read_text("utf-8"))
    return sum(route["completed"] for route in found["routes"]) if not found["waiting"] else 0


def _wait(check: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not check():
        assert time.monotonic() < deadline, f"{what}: not within {SECONDS:.0f} s"
        time.sleep(0.05)


def test_the_unit_file_starts_commands_that_there_are() -> None:
    unit = configparser.ConfigParser(strict=True)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(UNIT.read_text("utf-8"))
    for key in ("ExecStartPre", "ExecStart"):
        program, name, *words = shlex.split(unit["Service"][key])
        assert program == "/opt/fig/bin/fig"
        context = click.Context(main)
        command = main.get_command(context, name)
        assert command is not None
        command.make_context(name, words, parent=context)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_the_unit_file(tmp_path: Path) -> None:
    copy = tmp_path / UNIT.name
    text = UNIT.read_text("utf-8")
    copy.write_text(text.replace("/opt/fig/bin/fig", "/bin/true"))  # it looks whether they exist
    done = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False
    )
    complaints = [line for line in done.stderr.splitlines() if UNIT.name in line]
    assert complaints == []
