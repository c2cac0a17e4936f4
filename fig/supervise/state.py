"""The state file of a running stack, by which every other command finds it: run/state.json."""

import json
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chassis.process.files import write_whole
from chassis.process.lifetime import Lifetime, started
from fig.supervise.standing import Status


@dataclass(frozen=True)
class ProcessState:
    """One process as others see it. `since` is unix time, `took` seconds until ready."""

    name: str
    kind: str
    state: str
    pid: int
    pid_started: int
    restarts: int
    since: float
    took: float
    exit_code: int | None
    why: str

    @property
    def word(self) -> str:
        return self.state

    @property
    def alive(self) -> bool:
        """Whether it still runs, whatever was written."""
        return not Lifetime(self.pid, self.pid_started).ended


@dataclass(frozen=True)
class StackState:
    """The stack and its supervisor."""

    pid: int
    pid_started: int
    since: float
    ready: bool
    order: Mapping[str, str]  # what was asked for
    ports: Mapping[str, int]
    urls: Mapping[str, str]
    routes: str
    processes: Sequence[ProcessState] = field(default_factory=tuple)

    @property
    def alive(self) -> bool:
        """Whether the supervisor that wrote this still runs; else this is what a crash left."""
        return not Lifetime(self.pid, self.pid_started).ended

    def process(self, name: str) -> ProcessState | None:
        return next((process for process in self.processes if process.name == name), None)


def process_state(status: Status) -> ProcessState:
    """A status with the start time that makes its pid unmistakable."""
    return ProcessState(
        name=status.name,
        kind=status.kind.value,
        state=status.state.value,
        pid=status.pid,
        pid_started=started(status.pid) if status.pid else 0,
        restarts=status.restarts,
        since=status.since,
        took=round(status.took, 3),
        exit_code=status.exit_code,
        why=status.why,
    )


def write(path: Path, state: StackState) -> None:
    """By rename: a reader never sees half a file. It is written at every change of a process, so
    without `asdict`, which copies all, and without an indent, which json encodes in Python."""
    processes = [vars(process) for process in state.processes]
    write_whole(path, json.dumps({**vars(state), "processes": processes}))


def read(path: Path) -> StackState | None:
    """What is written down; None when nothing is, or nothing that can be read."""
    try:
        raw: dict[str, Any] = json.loads(path.read_text())
        processes = tuple(ProcessState(**process) for process in raw.pop("processes"))
        return StackState(**raw, processes=processes)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def survivors(state: StackState) -> list[ProcessState]:
    """The processes of a dead supervisor that still run."""
    return [process for process in state.processes if process.alive]


def end(processes: Sequence[ProcessState]) -> None:
    """SIGKILL their groups: their supervisor, which would stop them in order, is gone."""
    for process in processes:
        if process.alive:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
