"""Finding the stack that runs, for every command but `up`."""

from fig.errors import FigError
from fig.settings import Home
from fig.supervise import state
from fig.supervise.state import StackState


def find(home: Home) -> StackState | None:
    """The running stack; None when there is none, or only what a crash left."""
    found = state.read(home.state)
    return found if found is not None and found.alive else None


def require(home: Home) -> StackState:
    """The running stack. Raises FigError that says how to start one."""
    found = find(home)
    if found is None:
        raise FigError(f"nothing runs in {home.folder}; start it with `fig up --detach`")
    return found


def process(found: StackState, name: str) -> state.ProcessState:
    """One process of it. Raises FigError that lists them."""
    one = found.process(name)
    if one is None:
        known = ", ".join(process.name for process in found.processes)
        error = FigError(f"unknown process '{name}' (expected one of {known})")
        error.exit_code = 2
        raise error
    return one
