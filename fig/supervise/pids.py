"""Is that process still the one we knew? A pid alone does not say: it is given out again."""

import os
from pathlib import Path

START_TIME = 19  # field 22 of /proc/PID/stat, counted after the name's closing parenthesis
STATE = 0


def started(pid: int) -> int:
    """When the process started, in the kernel's ticks since boot; 0 if there is none such.

    Where there is no /proc: 1 for every living process.
    """
    if not Path("/proc/self/stat").exists():
        return int(_exists(pid))
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[STATE] in "ZX" else int(fields[START_TIME])


def alive(pid: int, start: int) -> bool:
    """Whether the process of that pid and start time still runs."""
    return pid > 0 and start > 0 and started(pid) == start


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
