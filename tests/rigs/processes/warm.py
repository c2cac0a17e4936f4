"""Processes that begin with their imports made: `python -m MODULE` as a fork of a warm one.

A service takes over a second of processor time to import its libraries, a facade as much again for
its own modules, and the tests start some hundreds of both. Here one process imports them once and
forks. None of our modules reads its environment or starts anything when it is imported: each fork
has an environment of its own, and the exit code of any interpreter. That `python -m MODULE` itself
works is tried by the tests that run the stack.

    test ──a socket: module, environment, files──▶ warm process ──fork──▶ the process wanted
    test ◀───────a pipe of its own: how it ended────────┘
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

from chassis.process.forks import run_and_leave

PROJECT = Path(__file__).parents[3]
# Nothing that starts a thread.
LIBRARIES = (
    *("alembic.command", "asyncpg", "click", "fastapi", "flask", "gunicorn.app.wsgiapp"),
    *("httpx2", "joserfc.jwe", "joserfc.jwk", "joserfc.jwt", "lxml.html", "mmh3", "nats"),
    *("orjson", "prometheus_client", "psycopg", "pydantic_settings", "sqlalchemy.orm"),
    *("sqlite3", "uvicorn", "uvloop", "yaml"),
)
SERVICES = ("accounts", "catalog", "inventory", "notifications", "orders", "payments", "sales")
OURS = (
    *("facade.commands.cli", "facade.commands.run", "facade.control.process"),
    "new_services.storefront.app",
    *(f"new_services.{name}.app" for name in SERVICES),
)
_MOST_BYTES = 1024**2
_NUMBER = 8  # bytes of a pid, and of an exit code


class Forked:
    """A process that the warm one started; as `subprocess.Popen`, as far as tests need it."""

    def __init__(self, pid: int, ended: int) -> None:
        self.pid, self._ended = pid, ended
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._look(0.0)

    def wait(self, timeout: float | None = None) -> int:
        """The exit code. Raises subprocess.TimeoutExpired."""
        code = self._look(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0.0)
        return code

    def _look(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self._ended], [], [], seconds)[0]:
            said = os.read(self._ended, _NUMBER)
            os.close(self._ended)
            assert said, "the warm process has ended"
            self.returncode = os.waitstatus_to_exitcode(int.from_bytes(said, "big"))
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Nothing happens to one that has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


class Warm:
    """The warm process; started with the first process wanted, and gone with the tests."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def start(
        self,
        module: str,
        *words: str,
        env: dict[str, str],
        stderr: int,
        stdout: int = -1,
        session: bool = False,
    ) -> Forked:
        """`python -m module words`, what it says to these files, or all of it to one; `session`: in
        one of its own."""
        wanted = {"argv": [module, *words], "env": env, "session": session}
        ended, end = os.pipe()
        out = stderr if stdout < 0 else stdout
        with self._lock:
            if self._socket is None:
                self._begin()
            assert self._socket is not None
            socket.send_fds(self._socket, [json.dumps(wanted).encode()], [out, stderr, end])
            pid = int.from_bytes(self._socket.recv(_NUMBER), "big")
        os.close(end)
        assert pid, "the warm process has ended"
        return Forked(pid, ended)

    def run(
        self, module: str, *words: str, env: dict[str, str] | None = None, timeout: float = 60
    ) -> "subprocess.CompletedProcess[str]":
        """`python -m module words` to its end, and what it said; without `env` in ours.

        Raises subprocess.TimeoutExpired, after it was killed.
        """
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            its = dict(os.environ if env is None else env)
            files = {"stderr": err.fileno(), "stdout": out.fileno()}
            process = self.start(module, *words, env=its, **files)
            try:
                code = process.wait(timeout)
            finally:
                process.kill()
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess([module, *words], code, out.read(), err.read())

    def _begin(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.rigs.processes.warm", str(theirs.fileno())]
        self._process = subprocess.Popen(
            command, cwd=PROJECT, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()]
        )
        theirs.close()
        atexit.register(self.close)

    def close(self) -> None:
        """No more processes; those that run are their starters' to end."""
        if self._socket is not None and self._process is not None:
            self._socket.close()
            self._process.wait(60)


WARM = Warm()  # each worker of the tests has its own


def serve(options: socket.socket) -> dict[str, Any] | None:
    """Fork for each request; returns the request in the fork, and None when no more come."""
    running: dict[int, int] = {}  # pid: the pipe that hears of its end
    wake, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests
    while True:
        ready, _, _ = select.select([options, wake], [], [])
        if wake in ready:
            os.read(wake, 4096)
            _reap(running)
        if options not in ready:
            continue
        said, files, _, _ = socket.recv_fds(options, _MOST_BYTES, 3)
        if not said:
            return None
        stdout, stderr, end = files
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            os.dup2(stdout, 1)
            os.dup2(stderr, 2)
            for each in (stdout, stderr, end, wake, waker, options.detach(), *running.values()):
                os.close(each)
            found: dict[str, Any] = json.loads(said)
            return found
        os.close(stdout)
        os.close(stderr)
        running[pid] = end
        options.send(pid.to_bytes(_NUMBER, "big"))


def _reap(running: dict[int, int]) -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            end = running.pop(pid)
            with contextlib.suppress(BrokenPipeError):
                os.write(end, status.to_bytes(_NUMBER, "big"))
            os.close(end)


def become(request: dict[str, Any]) -> NoReturn:
    """Run its module as `python -m` does, and end."""
    if request["session"]:
        os.setsid()
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    sys.argv[:] = request["argv"]
    run_and_leave(request["argv"][0])


if __name__ == "__main__":
    for name in LIBRARIES + OURS:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    asked = serve(socket.socket(fileno=int(sys.argv[1])))
    if asked is not None:
        become(asked)
