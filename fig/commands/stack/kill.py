"""`fig kill NAME`: kill -9 a process; the supervisor starts it again."""

import os
import signal
import time

import click

from chassis.cli.output import Output, json_option
from fig.clients import running
from fig.errors import FigError
from fig.settings import Home
from fig.supervise.standing import State

POLL_SECONDS = 0.02
PATIENCE_SECONDS = 60.0


@click.command()
@click.argument("name")
@click.option("--wait", is_flag=True, envvar="FIG_KILL_WAIT", help="Return when it is ready again.")
@json_option("FIG_KILL_JSON")
@click.pass_obj
def kill(home: Home, name: str, wait: bool, out: Output) -> None:
    """Kill process NAME with SIGKILL; the supervisor starts it again.

    Exit code 0: killed; 1: it does not run, or did not come back; 2: no such process.
    """
    process = running.process(running.require(home), name)
    if not process.alive:
        raise FigError(f"{name} does not run ({process.state}); `fig status` shows more")
    began = time.monotonic()
    os.kill(process.pid, signal.SIGKILL)
    back = _back(home, name, process.pid) if wait else None
    took = round(time.monotonic() - began, 2) if wait else None
    words = "is killed; it is started again"
    if wait:
        words = f"was killed; ready again after {took} s, pid {back}"
    answer = {"name": name, "killed": process.pid, "pid": back, "seconds": took}
    out.give(answer, f"{name} (pid {process.pid}) {words}")


def _back(home: Home, name: str, before: int) -> int:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        process = running.process(running.require(home), name)
        if process.pid != before and process.state == State.READY.value:
            return process.pid
        time.sleep(POLL_SECONDS)
    raise FigError(f"{name} is not back after {PATIENCE_SECONDS:.0f} s; see `fig logs {name}`")
