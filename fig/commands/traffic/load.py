"""`fig load`: a load test by Locust: shoppers who browse and order."""

import os

import click

from fig.clients import running
from fig.clients.passing import locustfile, run_instead
from fig.settings import Home


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--users", "-u", type=click.IntRange(1, 10_000), default=50, show_default=True,
              envvar="FIG_LOAD_USERS", help="How many shoppers at the same time.")  # fmt: skip
@click.option("--spawn-rate", "-r", type=float, default=10.0, show_default=True,
              envvar="FIG_LOAD_SPAWN_RATE", help="How many of them start each second.")  # fmt: skip
@click.option("--time", "-t", "run_time", default="60s", show_default=True,
              envvar="FIG_LOAD_TIME", help="How long it runs, such as 90s or 5m.")  # fmt: skip
@click.option("--think", envvar="LOADTEST_THINK",
              help="Seconds between two clicks, such as 0.5-2.5.")  # fmt: skip
@click.option("--host", envvar="FIG_FACADE_URL",
              help="The shop's address.  [default: the running stack's facade]")  # fmt: skip
@click.option("--everyone", is_flag=True, envvar="FIG_LOAD_EVERYONE",
              help="Also people who open accounts, and staff: prices, stock counts.")  # fmt: skip
@click.option("--web", is_flag=True, envvar="FIG_LOAD_WEB",
              help="Open Locust's web page on port 8089 instead of running at once.")  # fmt: skip
@click.argument("more", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def load(
    home: Home, users: int, spawn_rate: float, run_time: str, think: str | None,
    host: str | None, everyone: bool, web: bool, more: tuple[str, ...],
) -> None:  # fmt: skip
    """Run a Locust load test: shoppers browse, search and order. MORE options go to Locust.

    Exit code 0: no request failed; 1: some failed or had wrong content; 2: a wrong call.
    """
    script = locustfile()
    url = (host or running.require(home).urls["facade"]).rstrip("/")
    words = ["-f", script, "--host", url]
    if not web:
        words += ["--headless", "--only-summary", "--run-time", run_time, "--stop-timeout", "10"]
    words += ["--users", str(users), "--spawn-rate", f"{spawn_rate:g}", *more]
    own = {"FIG_FACADE_URL": url} | ({"LOADTEST_THINK": think} if think else {})
    own |= {"LOADTEST_EVERYONE": "Y"} if everyone else {}
    run_instead("locust", words, {**os.environ, **own})
