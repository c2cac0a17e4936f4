"""`fig load`: let shoppers in, with Locust in a process of its own."""

import importlib.util
import os
import sys
from pathlib import Path

import click

from fig.clients import running
from fig.errors import BadSetting
from fig.settings import Home, project_root


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--users", "-u", type=click.IntRange(1, 10_000), default=50, show_default=True,
              envvar="FIG_LOAD_USERS", help="People in the shop.")  # fmt: skip
@click.option("--spawn-rate", "-r", type=float, default=10.0, show_default=True,
              envvar="FIG_LOAD_SPAWN_RATE", help="How many come in a second.")  # fmt: skip
@click.option("--time", "-t", "run_time", default="60s", show_default=True,
              envvar="FIG_LOAD_TIME", help="How long, such as 90s or 5m.")  # fmt: skip
@click.option("--think", envvar="LOADTEST_THINK",
              help="Seconds between two clicks, such as 0.5-2.5.")  # fmt: skip
@click.option("--host", envvar="FIG_FACADE_URL",
              help="The shop's address.  [default: the running stack's facade]")  # fmt: skip
@click.option("--everyone", is_flag=True, envvar="FIG_LOAD_EVERYONE",
              help="Also people who open accounts, and staff: prices, stock counts.")  # fmt: skip
@click.option("--web", is_flag=True, envvar="FIG_LOAD_WEB",
              help="Locust's web page on port 8089 instead of a run.")  # fmt: skip
@click.argument("more", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def load(
    home: Home, users: int, spawn_rate: float, run_time: str, think: str | None,
    host: str | None, everyone: bool, web: bool, more: tuple[str, ...],
) -> None:  # fmt: skip
    """Let shoppers browse, search, order. MORE options go to Locust as they are.

    Exit code 0: no request failed; 1: some did, a wrong content among them; 2: a wrong call.
    """
    script = project_root() / "loadtests" / "locustfile.py"
    if importlib.util.find_spec("locust") is None or not script.exists():
        raise BadSetting("Locust or loadtests/ is missing; run `make install` in the project")
    url = (host or running.require(home).urls["facade"]).rstrip("/")
    program = [sys.executable, "-m", "locust", "-f", str(script), "--host", url]
    if not web:
        program += ["--headless", "--only-summary", "--run-time", run_time, "--stop-timeout", "10"]
    program += ["--users", str(users), "--spawn-rate", f"{spawn_rate:g}", *more]
    own = {"FIG_FACADE_URL": url} | ({"LOADTEST_THINK": think} if think else {})
    own |= {"LOADTEST_EVERYONE": "Y"} if everyone else {}
    os.chdir(Path(project_root()))
    os.execve(program[0], program, {**os.environ, **own})
