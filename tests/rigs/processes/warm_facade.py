"""`python -m facade` begun warm: its control process is a fork of the master, imports made.

The master starts its control process as a new interpreter, which imports for 1.8 s of processor
time; the tests start some two hundred facades. Here a fork does what the new interpreter would,
with its environment and without the files that it would not inherit. That the facade starts its
control process as it is meant to is tried by the tests that run it from the command line.
"""

import atexit
import contextlib
import ctypes
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from facade.master import children

FACADE = "tests.rigs.processes.warm_facade"  # for WARM.start
CONTROL = "facade.control"
_PR_SET_NAME = 15
_STANDARD = 2  # the last of the descriptors that every process has


def is_control(pid: int) -> bool:
    """Whether this is a facade's control process. Raises OSError when it is gone."""
    process = Path(f"/proc/{pid}")
    name = (process / "comm").read_text().strip()
    return name == CONTROL or CONTROL.encode() in (process / "cmdline").read_bytes()


def _spawn(command: Sequence[str], environment: Mapping[str, str]) -> int:
    module = command[command.index("-m") + 1]

    def run() -> int:
        ctypes.CDLL(None).prctl(_PR_SET_NAME, module.encode(), 0, 0, 0)
        _close()
        os.environ.update(environment)
        sys.argv[:] = [module]
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        finally:
            atexit._run_exitfuncs()
        return 0

    return children.fork(run)


def _close() -> None:
    """The files that a new interpreter would not have: ports, and what the master writes."""
    for number in [int(path.name) for path in Path("/proc/self/fd").iterdir()]:
        with contextlib.suppress(OSError):
            if number > _STANDARD and not os.get_inheritable(number):
                os.close(number)


if __name__ == "__main__":
    children.spawn = _spawn
    runpy.run_module("facade", run_name="__main__", alter_sys=True)
