"""`python -m fig.supervise.forkserver.server`: holds the libraries, and forks when asked.

Asked on the socket that is its stdin, by the process that started it:

    supervisor                server                        fork
    what to run, its output,
    a pipe            ──────▶ forks twice; the one in
                              between ends at once, so
                              the kernel makes the
                              supervisor the parent ──────▶ takes its session, environment, …
              pid     ◀──────                       ◀────── is prepared
    a byte on the pipe ───────────────────────────────────▶ runs

Without the byte the fork ends: what the supervisor has not heard of does not run. The server ends
when its socket does.
"""

import contextlib
import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from chassis.process.children import end_with_parent
from chassis.process.forks import run_and_leave
from fig.supervise.forkserver import libraries, shown

MOST_BYTES = 65536  # of one command
DESCRIPTORS = 2  # with each: its output, and the pipe
FAILED = b"0"  # in place of a pid
OURS = ("chassis", "fig")  # imported here; the process imports them as they are by then


@dataclass(frozen=True)
class Command:
    """A process to start."""

    words: Sequence[str]  # PYTHON -m MODULE ARGUMENT…
    environment: Mapping[str, str]
    stop: int  # the signal that it gets when its parent ends

    def encoded(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @property
    def module(self) -> str:
        return self.words[2]


def serve(channel: socket.socket) -> Command | None:
    """Answer requests. Returns the command in the process that is to run it; None at the end."""
    parent = os.getppid()
    while True:
        data, descriptors, _, _ = socket.recv_fds(channel, MOST_BYTES, DESCRIPTORS)
        if not data:
            return None
        command = Command(**json.loads(data))
        prepared, preparing = os.pipe()
        if not _fork_twice():
            channel.close()
            output, permit = descriptors
            _become(command, output, permit, preparing)
            end_with_parent(parent, signal.Signals(command.stop))
            return command
        for descriptor in (*descriptors, preparing):
            os.close(descriptor)
        channel.send(os.read(prepared, 32) or FAILED)
        os.close(prepared)


def _fork_twice() -> bool:
    """False in the grandchild, which has lost its parent."""
    between = os.fork()
    if between:
        os.waitpid(between, 0)
        return True
    try:
        grandchild = os.fork()
    except OSError:
        os._exit(1)
    if grandchild:
        os._exit(0)
    return False


def _become(command: Command, output: int, permit: int, preparing: int) -> None:
    """All that a command of its own would find: session, descriptors, environment, arguments."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, standard in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(descriptor, standard)
    _take(command.words, command.environment)
    sys.argv = list(command.words[2:])
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]
    os.write(preparing, str(os.getpid()).encode())
    if not os.read(permit, 1):
        os._exit(1)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))


def _take(words: Sequence[str], environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    with contextlib.suppress(OSError, ValueError):  # a system that hides it: then nobody sees it
        shown.show(words, environment)


def main() -> Command | None:
    channel = socket.socket(fileno=os.dup(0))
    own = {name: text for name, text in os.environ.items() if name != shown.ROOM_VARIABLE}
    _take([sys.executable, "-m", "fig.supervise.forkserver.server"], own)
    gc.disable()  # it finds nothing among imports, and takes a tenth of their time
    libraries.preload()
    gc.collect()
    gc.freeze()  # the collector would write to every object, and so copy what is shared
    gc.enable()
    return serve(channel)


if __name__ == "__main__":
    _command = main()
    if _command is not None:
        run_and_leave(_command.module)
