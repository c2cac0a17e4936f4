"""Whether a process of another program still runs: a pid alone is given out again."""

import os
from dataclasses import dataclass
from pathlib import Path

_START_TIME = 19  # field 22 of /proc/PID/stat, counted behind the name
_STATE = 0


@dataclass(frozen=True)
class Lifetime:
    """A process; its start distinguishes it from a later one of the same pid. `started` 0: none."""

    pid: int
    started: int

    @property
    def ended(self) -> bool:
        """Whether it is gone, or never was."""
        return self.pid <= 0 or self.started <= 0 or started(self.pid) != self.started


def of(pid: int) -> Lifetime:
    """The process that has this pid now."""
    return Lifetime(pid, started(pid))


def started(pid: int) -> int:
    """Its start in ticks since boot; 0 if there is none. Without /proc: 1 for every living one."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0 if Path("/proc/self/stat").exists() else int(_exists(pid))
    fields = text.rpartition(")")[2].split()
    return 0 if fields[_STATE] in "ZX" else int(fields[_START_TIME])


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
