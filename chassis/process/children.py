"""Programs that we start: each in a session of its own, so that a Ctrl-C at the terminal reaches
only us; what it says goes to a file. `end` is sure of its end, `end_with_parent` of ours.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Popen = subprocess.Popen[bytes]

_PR_SET_PDEATHSIG = 1
_OWNER_ALONE = 0o600
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Program:
    """What is started. `env` None: our own; `append`: the log goes on where it ended."""

    words: Sequence[str]
    log: Path
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    append: bool = False
    with_parent: bool = False  # it gets SIGTERM when we end, however we end


def start(program: Program) -> Popen:
    """Start it. Raises OSError. With `with_parent`, call it from the main thread."""
    parent = os.getpid()
    mode = os.O_APPEND if program.append else os.O_TRUNC
    descriptor = os.open(program.log, os.O_CREAT | os.O_WRONLY | mode, _OWNER_ALONE)
    try:
        return subprocess.Popen(
            program.words,
            env=program.env,
            cwd=program.cwd,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
            preexec_fn=(lambda: end_with_parent(parent)) if program.with_parent else None,
        )
    finally:
        os.close(descriptor)


def end(process: Popen, seconds: float, number: signal.Signals = signal.SIGTERM) -> int | None:
    """Ask the program to end, kill it with all its group after `seconds`, and wait for it.

    Returns the code it had ended with before it was asked; None when it ran until now.
    """
    early = process.poll()
    if early is None:
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # and what it left of its own children
    process.wait()
    return early


def end_with_parent(parent: int, number: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send us `number` when `parent`'s forking thread ends; exit if it has ended.

    Kept over exec, lost when the user changes: call it last. Only Linux knows it.
    """
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # it ended before the request was made


def last_line(log: Path) -> str:
    """The last line that a program said and that is not blank."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return (text.strip().splitlines() or ["it said nothing"])[-1].strip()
