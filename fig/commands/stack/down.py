"""`fig down`: stop what `fig up` started."""

import json
import os
import signal
import time

import click

from chassis.cli.output import Output, json_option
from fig.errors import FigError
from fig.output.progress import Progress
from fig.settings import Home
from fig.supervise import state

POLL_SECONDS = 0.05
PATIENCE_SECONDS = 60.0  # then the supervisor is killed; its warden ends the rest


@click.command()
@click.option("--quiet", "-q", is_flag=True, envvar="FIG_DOWN_QUIET", help="Print only errors.")
@json_option("FIG_DOWN_JSON")
@click.pass_obj
def down(home: Home, quiet: bool, out: Output) -> None:
    """Stop all processes, the facade first. Exit code 0 also when nothing runs."""
    stopped = _stop(home, quiet or out.as_json)
    if out.as_json:
        click.echo(json.dumps({"stopped": stopped}))


def _stop(home: Home, quiet: bool) -> bool:
    """Whether there was anything to stop."""
    found = state.read(home.state)
    if found is None or not (found.alive or state.survivors(found)):
        home.state.unlink(missing_ok=True)
        if not quiet:
            click.echo("nothing runs")
        return False
    progress = Progress()
    if found.alive:
        os.kill(found.pid, signal.SIGTERM)
        if not _gone(found, PATIENCE_SECONDS):
            os.kill(found.pid, signal.SIGKILL)
            raise FigError(f"the stack did not stop within {PATIENCE_SECONDS:.0f} s and was killed")
    else:
        state.end(state.survivors(found))  # its supervisor was killed
        home.state.unlink(missing_ok=True)
    if not quiet:
        progress.done("everything is stopped")
    return True


def _gone(found: state.StackState, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while found.alive and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return not found.alive
