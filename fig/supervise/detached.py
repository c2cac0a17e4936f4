"""`fig up --detach`: start a supervisor in the background, and follow it until all is up."""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from chassis.process import children
from chassis.process.children import Program
from fig.errors import FigError
from fig.output.progress import Progress
from fig.settings import Home, project_root
from fig.stack import places
from fig.supervise import logs, state
from fig.supervise.order import Order
from fig.supervise.state import StackState

POLL_SECONDS = 0.05
DETACHED = "FIG_DETACHED"  # set in the environment of the supervisor that stays


def leave_running(order: Order) -> StackState:
    """Returns when everything is up. Raises FigError with what the supervisor said at its end."""
    places.prepare(order.home.folder)
    log = logs.path_of(order.home.logs, "fig")
    progress = Progress()
    logs.LogFile(log).close()  # turned over when it has grown
    before = log.stat().st_size
    words = [sys.executable, "-m", "fig", *arguments(order)]
    env = {**_without_detach(os.environ), DETACHED: "1"}
    child = children.start(Program(words, log, env, project_root(), append=True))
    try:
        found = _follow(order.home, child, progress)
    except KeyboardInterrupt:
        child.terminate()
        child.wait()
        raise
    if found is None:
        raise _failure(log, before, child.returncode)
    progress.done("everything is up")
    return found


def arguments(order: Order) -> list[str]:
    """The arguments of `fig` by which the detached supervisor gets the same order."""
    options = order.options
    named = {
        "--routes": str(order.routes),
        "--port-base": str(order.port_base),
        "--facade-workers": str(options.facade_workers),
        "--instances": str(options.instances),
        "--scale": str(options.scale),
        "--postgres-bin": options.postgres_bin,
        "--nats-bin": order.nats_bin,
    }
    given = [text for name, value in named.items() if value for text in (name, value)]
    for process, values in order.extra.items():
        for key, value in values.items():
            given += ["--set", f"{process}.{key}={value}"]
    return ["--home", str(order.home.folder), "up", *given]


def _without_detach(caller: Mapping[str, str]) -> dict[str, str]:
    """Without it the supervisor would detach another one, and so on."""
    ours = ("FIG_UP_DETACH", "FIG_UP_JSON")  # the second is only for the caller
    return {name: text for name, text in caller.items() if name not in ours}


def _follow(home: Home, child: children.Popen, progress: Progress) -> StackState | None:
    """Show how the stack starts; None when its supervisor ended."""
    found, seen = None, 0
    while child.poll() is None:
        if (written := _written(home.state)) != seen:
            found, seen = state.read(home.state), written
        if found is not None and found.pid == child.pid:
            progress.see(found.processes)
            if found.ready:
                return found
        time.sleep(POLL_SECONDS)
    return None


def _written(path: Path) -> int:
    """When the file was last written (ns); 0 while there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _failure(log: Path, before: int, exit_code: int) -> FigError:
    """What the supervisor said at its end, as our own error."""
    with log.open("rb") as file:
        file.seek(before)
        said = file.read().decode(errors="replace").strip()
    _, found, message = f"\n{said}".rpartition("\nfig: ")
    error = FigError(message if found else f"the supervisor ended at once:\n{said}")
    error.exit_code = exit_code if exit_code > 0 else 1
    return error
