"""The supervisor's side of the fork server."""

import asyncio
import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from chassis.process.children import end_with_parent
from fig.supervise.forkserver import libraries, shown
from fig.supervise.forkserver.server import FAILED, MOST_BYTES, Command

PATIENCE = 15.0  # seconds for an answer
# For the first one, which waits for the libraries: on a machine so busy that their import takes so
# long, a dozen processes that each import their own would take longer.
FIRST_PATIENCE = 120.0
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)


class Unavailable(Exception):
    """The process has to be started by its command."""


def possible() -> bool:
    """Whether this system can do it."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


class Forked:
    """A child of ours that the server forked."""

    def __init__(self, pid: int, note: Callable[[str], None]) -> None:
        loop = asyncio.get_running_loop()
        self.pid = pid
        self._note = note
        self._ending = os.pidfd_open(pid)  # readable when it has ended
        self._code: asyncio.Future[int] = loop.create_future()
        loop.add_reader(self._ending, self._ended)

    def _ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._ending)
        os.close(self._ending)
        _, status = os.waitpid(self.pid, 0)
        self._code.set_result(os.waitstatus_to_exitcode(status))

    async def wait(self) -> int:
        return await asyncio.shield(self._code)

    def send(self, number: signal.Signals) -> None:
        if not self._code.done():
            signal.pidfd_send_signal(self._ending, number)

    def sweep(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if self._code.done():
            self._note(f"-{self.pid}\n")


class ForkServer:
    """Started by `start`; one that ended is started again when it is next asked for something."""

    def __init__(self, root: Path, environment: Mapping[str, str], log: Path) -> None:
        self._root, self._log = root, log
        argument, variable = shown.room()
        self._words = (sys.executable, "-m", "fig.supervise.forkserver.server", argument)
        self._environment = {**environment, **variable}
        self._one_by_one = asyncio.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._answered = False
        self._installed = libraries.installed()

    def start(self) -> None:
        """Returns at once: it imports while other processes start. Call it from the main thread."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        parent = os.getpid()
        with theirs, self._log.open("ab") as log:
            self._server = subprocess.Popen(
                self._words,
                cwd=self._root,
                env=self._environment,
                stdin=theirs.fileno(),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=lambda: end_with_parent(parent, signal.SIGKILL),
            )
        ours.setblocking(False)
        self._channel = ours
        self._answered = False
        self._installed = libraries.installed()

    def close(self) -> None:
        """End it; what it forked lives on."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    async def fork(self, command: Command, output: int) -> int:
        """The pid of a new child of ours, which runs. Raises Unavailable."""
        encoded = command.encoded()
        if len(encoded) > MOST_BYTES:
            raise Unavailable("too large")
        async with self._one_by_one:
            permit, permitting = os.pipe()
            try:
                pid = await self._ask(encoded, output, permit)
                os.write(permitting, b"1")
                return pid
            except (OSError, TimeoutError, ValueError) as error:
                self.close()
                raise Unavailable(str(error)) from error
            except asyncio.CancelledError:
                self.close()  # its answer would be taken for that to the next request
                raise
            finally:
                os.close(permit)
                os.close(permitting)

    async def _ask(self, encoded: bytes, *descriptors: int) -> int:
        if self._channel is None or self._installed != libraries.installed():
            self.close()
            self.start()
        assert self._channel is not None
        loop = asyncio.get_running_loop()
        with _adopting():
            socket.send_fds(self._channel, [encoded], list(descriptors))
            async with asyncio.timeout(PATIENCE if self._answered else FIRST_PATIENCE):
                pid = int(await loop.sock_recv(self._channel, 32))
        self._answered = True
        if pid == int(FAILED):
            raise OSError("it could not fork")
        return pid


@contextlib.contextmanager
def _adopting() -> Iterator[None]:
    """While the parent of a descendant ends, we become its parent. Raises OSError."""
    if _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no adoption")
    try:
        yield
    finally:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
