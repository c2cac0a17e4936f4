"""Programs pinned to a core, with everything they start."""

import os
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from chassis.process import children
from chassis.process.children import Program
from loadtests.bench.machine import PROJECT, tool
from loadtests.proc import command_line, cpu_seconds, family

START_SECONDS = 30.0
STOP_SECONDS = 10.0


class Pinned:
    """A program on one core; its output goes to a file."""

    def __init__(self, core: int, command: Sequence[str], log: Path, cwd: Path = PROJECT) -> None:
        words = [tool("taskset"), "-c", str(core), *command]
        self._process = children.start(Program(words, log, cwd=cwd, append=True))
        self._log = log

    @property
    def pids(self) -> list[int]:
        return family(self._process.pid)

    @property
    def cpu_seconds(self) -> float:
        """User and system time of all of them, so far."""
        return sum(cpu_seconds(pid) for pid in self.pids)

    def busy_seconds(self, *, without: str) -> float:
        """The same to the microsecond, except of those whose command line holds `without`."""
        return sum(_busy_seconds(pid) for pid in self.pids if without not in command_line(pid))

    def move(self, part: str, core: int) -> int:
        """Put those whose command line holds `part` on another core, and what they will start.

        Returns how many there were.
        """
        found = [pid for pid in self.pids if part in command_line(pid)]
        for pid in found:
            for thread in Path(f"/proc/{pid}/task").iterdir():
                os.sched_setaffinity(int(thread.name), {core})
        return len(found)

    def ready(self, port: int) -> None:
        """Wait until the port is served. Raises RuntimeError when the program ends before."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise RuntimeError(f"{self._process.args!r} ended:\n{self._log.read_text()}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError(f"nothing answers on port {port}:\n{self._log.read_text()}")

    def stop(self) -> None:
        """End it, gently at first."""
        children.end(self._process, STOP_SECONDS)


def _busy_seconds(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def resident_peak(pid: int) -> float:
    """The most memory a process ever held, in MB."""
    return number(Path(f"/proc/{pid}/status"), "VmHWM") / 1024


def number(path: Path, name: str) -> int:
    """The number after `NAME:` in a file of /proc; 0 where there is no such line."""
    for line in path.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
