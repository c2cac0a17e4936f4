"""The state of a process, written by its keeper and read by everything else."""

import signal
from dataclasses import dataclass
from enum import Enum

from fig.supervise.process import Kind


class State(Enum):
    """The state of a process."""

    WAITING = "waiting"  # for what it needs
    STARTING = "starting"
    READY = "ready"
    DONE = "done"  # a oneshot that succeeded
    BACKOFF = "backoff"  # died; starts again after a moment
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"  # never became ready, given up


@dataclass
class Status:
    """What is known about a process. `since` is unix time, `took` seconds until ready."""

    name: str
    kind: Kind
    state: State = State.WAITING
    pid: int = 0
    restarts: int = 0
    since: float = 0.0
    took: float = 0.0
    exit_code: int | None = None
    why: str = ""  # how it came to its last end

    @property
    def word(self) -> str:
        return self.state.value


def ending(code: int) -> str:
    """An exit code in words."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
