"""`fig feed resnapshot TABLE`: have a table of the monolith read again."""

import os

import click

from chassis.cli.output import Output, json_option
from fig.clients import access, monolith
from fig.clients.passing import run_instead
from fig.settings import Home


@click.group()
def feed() -> None:
    """Control the change feed of the running stack; its /readyz shows the progress of a reading."""


@feed.command()
@click.argument("table")
@click.option("--from", "first", metavar="KEY", envvar="FIG_FEED_FROM", help="The first key.")
@click.option("--to", "last", metavar="KEY", envvar="FIG_FEED_TO", help="The last key to read.")
@json_option("FIG_FEED_RESNAPSHOT_JSON")
@click.pass_obj
def resnapshot(home: Home, table: str, first: str | None, last: str | None, out: Output) -> None:
    """Read TABLE, or a range of its keys, again while the feed goes on.

    Exit code 0: the feed has accepted it; 1: no feed answers; 2: there is no such table or key.
    """
    monolith.needed(home, f"there is no feed, and no table {table} to read")
    arguments = ["resnapshot", table]
    arguments += ["--from", first] if first is not None else []
    arguments += ["--to", last] if last is not None else []
    variables = {"FEED_NATS_URL": access.bus(home), **os.environ}
    run_instead("new_services.feed", [*arguments, *out.options], variables)
