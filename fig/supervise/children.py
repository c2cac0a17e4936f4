"""Starting processes and being sure of their end. Must be used from the main thread: the kernel's
parent-death signal follows the thread that forked.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from chassis.process.children import end_with_parent
from fig.supervise import logs, warden
from fig.supervise.forkserver.client import Forked, ForkServer, Unavailable, possible
from fig.supervise.forkserver.server import Command
from fig.supervise.process import Process

CHUNK = 65536
# What our processes see of the caller's environment; proxies, PYTHON… and the like stay outside.
PASSED_ON = (
    "PATH",
    "HOME",
    "XDG_STATE_HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "FIG_LOG",
    "FIG_LOG_LEVEL",
)
DEFAULTS = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/", "LANG": "C.UTF-8"}
Said = Callable[[str, str], None]  # name of the process, a line


def clean_environment(caller: Mapping[str, str]) -> dict[str, str]:
    """The part of the environment that all our processes share."""
    passed = {name: caller[name] for name in PASSED_ON if name in caller}
    return DEFAULTS | passed | {"PYTHONUNBUFFERED": "1"}


class Child(Protocol):
    """A process that runs, or ran."""

    @property
    def pid(self) -> int:
        """Also the number of its process group."""

    async def wait(self) -> int:
        """The exit code; negative for the signal that ended it."""

    def send(self, number: signal.Signals) -> None:
        """To the process itself."""

    def sweep(self) -> None:
        """SIGKILL whatever of its process group is there."""


class Launcher(Protocol):
    """Starts processes."""

    async def launch(self, process: Process, extra: Mapping[str, str]) -> Child:
        """`extra` is added to the process's own environment. Raises OSError."""


class Launched:
    """A real child, its output, and the warden's note of it."""

    def __init__(self, process: asyncio.subprocess.Process, note: Callable[[str], None]) -> None:
        self._process = process
        self._note = note
        self.pid = process.pid

    async def wait(self) -> int:
        return await self._process.wait()

    def send(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)

    def sweep(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if self._process.returncode is not None:
            self._note(f"-{self.pid}\n")


class LocalLauncher:
    """Each child in a session of its own, so that a Ctrl-C at the terminal reaches only us."""

    def __init__(self, root: Path, log_folder: Path, said: Said | None = None) -> None:
        self._root = root
        self._logs = log_folder
        self._said = said
        self._environment = clean_environment(os.environ)
        self._forks: ForkServer | None = None
        self._warden: subprocess.Popen[str] | None = None
        self._readers: set[asyncio.Task[None]] = set()

    def prepare(self, processes: Sequence[Process]) -> None:
        """Start the fork server, which imports the shared libraries once for all."""
        if possible() and any(process.forked for process in processes):
            log = logs.path_of(self._logs, "forkserver")
            self._forks = ForkServer(self._root, self._environment, log)
            self._forks.start()

    async def launch(self, process: Process, extra: Mapping[str, str]) -> Child:
        _write_files(process.files)
        reading, writing = os.pipe()
        try:
            started = await self._start(process, extra, writing)
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._note(f"+{started.pid}\n")
        self._read(process.name, reading)
        return started

    async def _start(self, process: Process, extra: Mapping[str, str], output: int) -> Child:
        words = process.command_with(extra)
        environment = {**self._environment, **process.env, **extra}
        if self._forks is not None and process.forked_with(extra):
            with contextlib.suppress(Unavailable):
                command = Command(words, environment, process.stop)
                return Forked(await self._forks.fork(command, output), self._note)
        parent = os.getpid()
        started = await asyncio.create_subprocess_exec(
            *words,
            cwd=self._root,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=lambda: end_with_parent(parent, process.stop),
        )
        return Launched(started, self._note)

    async def close(self) -> None:
        """Wait for the last lines, and let the fork server and the warden go."""
        if self._forks is not None:
            self._forks.close()
        if self._readers:
            await asyncio.wait(self._readers, timeout=2)
        if self._warden is not None and self._warden.stdin is not None:
            with contextlib.suppress(OSError):
                self._warden.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._warden.wait(warden.GRACE + 2)

    def _note(self, line: str) -> None:
        if self._warden is None:
            self._warden = subprocess.Popen(
                [sys.executable, "-S", "-E", warden.__file__],
                stdin=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        assert self._warden.stdin is not None
        with contextlib.suppress(OSError):  # a killed warden is missed only if we are killed too
            self._warden.stdin.write(line)
            self._warden.stdin.flush()

    def _read(self, name: str, descriptor: int) -> None:
        task = asyncio.create_task(self._keep_reading(name, descriptor))
        self._readers.add(task)
        task.add_done_callback(self._readers.discard)

    async def _keep_reading(self, name: str, descriptor: int) -> None:
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", 0)
        )
        file = logs.LogFile(logs.path_of(self._logs, name))
        said = self._said
        lines = logs.Lines(lambda text: said(name, text) if said else None)
        try:
            while chunk := await reader.read(CHUNK):
                file.write(chunk)
                lines.feed(chunk)
        finally:
            lines.close()
            file.close()
            transport.close()


def _write_files(files: Mapping[str, str]) -> None:
    """For their owner alone: they may hold passwords."""
    for path, content in files.items():
        Path(path).unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(content)
