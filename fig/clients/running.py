"""Finding the stack that runs, for every command but `up`."""

import fcntl
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager

from fig.errors import BadSetting, FigError
from fig.settings import Home
from fig.supervise import state
from fig.supervise.state import StackState

# The message where only the facade is installed.
NO_SHOP = (
    "this needs the shop, which is not installed here: run `make install` in a checkout of the"
    " repository, and call its .venv/bin/fig there"
)


def find(home: Home) -> StackState | None:
    """The running stack; None when there is none, or only the remains of a crash."""
    found = state.read(home.state)
    return found if found is not None and found.alive else None


def shop_here() -> bool:
    """Whether the shop's stack is installed too, or only what works with any facade."""
    return importlib.util.find_spec("fig.stack") is not None


def nothing(home: Home) -> str:
    """The message that nothing runs, and what to do."""
    start = ", or start the shop with `fig up --detach`" if shop_here() else ""
    return f"nothing runs in {home.folder}; name a facade with --admin HOST:PORT{start}"


def admin_url(home: Home, given: str | None) -> str:
    """The given address, or the running stack's. Raises FigError that says how to name one."""
    if given is not None:
        return given
    found = find(home)
    if found is None:
        raise FigError(nothing(home))
    return found.urls["admin"].rstrip("/")


def require(home: Home) -> StackState:
    """The running stack. Raises FigError that says how to start one."""
    found = find(home)
    if found is None:
        start = "start it with `fig up --detach`"
        raise FigError(f"nothing runs in {home.folder}; {start if shop_here() else NO_SHOP}")
    return found


@contextmanager
def alone(home: Home, command: str) -> Iterator[None]:
    """Let only one call of this command run at a time. Raises FigError in the second one."""
    with (home.folder / "run" / f"{command}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FigError(f"another `fig {command}` runs here; wait until it has ended") from None
        yield


def process(found: StackState, name: str) -> state.ProcessState:
    """The process of this name. Raises BadSetting with the known names."""
    one = found.process(name)
    if one is None:
        known = ", ".join(process.name for process in found.processes)
        raise BadSetting(f"unknown process '{name}' (expected one of {known})")
    return one
