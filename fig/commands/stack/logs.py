"""`fig logs NAME`: the log of a process."""

import sys
import time
from pathlib import Path

import click

from chassis.cli.output import Output, json_option
from fig.errors import BadSetting
from fig.settings import Home
from fig.supervise.logs import path_of, tail

POLL_SECONDS = 0.1
CHUNK = 65536


@click.command()
@click.argument("name", required=False)
@click.option("--follow", "-f", is_flag=True, envvar="FIG_LOGS_FOLLOW", help="Print new lines too.")
@click.option("--lines", "-n", type=click.IntRange(min=0), default=40, show_default=True,
              envvar="FIG_LOGS_LINES", help="How many of the last lines.")  # fmt: skip
@json_option("FIG_LOGS_JSON")
@click.pass_obj
def logs(home: Home, name: str | None, follow: bool, lines: int, out: Output) -> None:
    """Show the last lines of the log of process NAME; `fig` is the supervisor's own log.

    Without NAME: list the logs. Exit code 2 for a name that has no log.
    """
    if out.as_json and follow:
        raise BadSetting("--json and --follow exclude each other: leave one out")
    if name is None:
        names = _names(home)
        words = "\n".join(names) or f"no logs in {home.logs}"
        out.give({"logs": names}, words)
        return
    path = path_of(home.logs, name)
    if name not in _names(home):
        known = ", ".join(_names(home)) or "none yet: nothing was started"
        raise BadSetting(f"no log of '{name}' in {home.logs} (there are: {known})")
    position = path.stat().st_size
    last = tail(path, lines)
    if last or out.as_json:
        out.give({"name": name, "lines": last}, "\n".join(last))
    if follow:
        _follow(path, position)


def _names(home: Home) -> list[str]:
    return sorted(path.stem for path in home.logs.glob("*.log"))


def _follow(path: Path, position: int) -> None:
    """Print until Ctrl-C; continues with the new file when the log is rotated."""
    while True:
        try:
            if path.stat().st_size < position:
                position = 0
            with path.open("rb") as file:
                file.seek(position)
                while chunk := file.read(CHUNK):
                    sys.stdout.buffer.write(chunk)
                    position += len(chunk)
            sys.stdout.flush()
        except FileNotFoundError:
            position = 0  # between the old file and the new one
        time.sleep(POLL_SECONDS)
