"""Child processes that end with their parent: forked ones that run a function, spawned commands."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence

from chassis.process.children import end_with_parent

_TAKEN = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR2, signal.SIGCHLD)


def fork(run: Callable[[], int]) -> int:
    """Run a function in a process of its own; returns its pid. Call it from the main thread."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in _TAKEN:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the parent's
        end_with_parent(parent)
        code = run()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def spawn(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command with further variables in its environment; returns its pid."""

    def run() -> int:
        os.execve(command[0], list(command), {**os.environ, **environment})

    return fork(run)


def reap() -> dict[int, int]:
    """The children that ended since the last call, and how: pid to exit code."""
    ended: dict[int, int] = {}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if not pid:
            return ended
        ended[pid] = os.waitstatus_to_exitcode(status)
