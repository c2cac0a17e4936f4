"""`fig down`: stop what `fig up` started."""

import os
import signal
import time

import click

from fig import state
from fig.errors import FigError
from fig.progress import Progress
from fig.settings import Home

POLL_SECONDS = 0.05
PATIENCE_SECONDS = 60.0  # then the supervisor is killed; its warden clears up


@click.command()
@click.option("--quiet", "-q", is_flag=True, envvar="FIG_DOWN_QUIET", help="Say only errors.")
@click.pass_obj
def down(home: Home, quiet: bool) -> None:
    """Stop everything, the last started first. Exit code 0 also when nothing runs."""
    found = state.read(home.state)
    if found is None or not (found.alive or state.survivors(found)):
        home.state.unlink(missing_ok=True)
        if not quiet:
            click.echo("nothing runs")
        return
    progress = Progress()
    if found.alive:
        os.kill(found.pid, signal.SIGTERM)
        if not _gone(found, PATIENCE_SECONDS):
            os.kill(found.pid, signal.SIGKILL)
            raise FigError(f"did not stop within {PATIENCE_SECONDS:.0f} s and was killed")
    else:
        state.end(state.survivors(found))  # its supervisor was killed
        home.state.unlink(missing_ok=True)
    if not quiet:
        progress.done("everything is stopped")


def _gone(found: state.StackState, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while found.alive and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return not found.alive
