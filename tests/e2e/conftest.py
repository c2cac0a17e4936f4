"""`fig demo` as a newcomer runs it, in a data folder and on ports of its own."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fig.stack.ports import WIDTH

PROJECT = Path(__file__).parents[2]


class Demo:
    """`fig demo` in a data folder of its own."""

    def __init__(self, home: Path, base: int) -> None:
        self.home = home
        self.base = base
        self.process: subprocess.Popen[str] | None = None

    def start(self, *options: str) -> subprocess.Popen[str]:
        env = {**os.environ, "FIG_HOME": str(self.home), "FIG_PORT_BASE": str(self.base)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fig", "demo", "--fast", *options],
            cwd=PROJECT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return self.process

    def finish(self, *options: str) -> tuple[int, str]:
        """Exit code and everything it said."""
        process = self.start(*options)
        said, _ = process.communicate(timeout=560)
        return process.returncode, said

    def figures(self) -> dict[str, Any]:
        """What it wrote beside its page."""
        (path,) = (self.home / "reports").glob("demo-*.json")
        return dict(json.loads(path.read_text()))

    def listening(self) -> list[int]:
        """Ports of this stack on which somebody still listens."""
        taken = []
        for port in range(self.base, self.base + WIDTH):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    taken.append(port)
        return taken


@pytest.fixture
def demo(tmp_path: Path, port_base: int) -> Iterator[Demo]:
    found = Demo(tmp_path / "fig home", port_base)  # a blank in the path is nothing special
    yield found
    if found.process is not None and found.process.poll() is None:
        found.process.terminate()
        found.process.wait(60)
    assert found.listening() == [], "something of the demo still runs"
