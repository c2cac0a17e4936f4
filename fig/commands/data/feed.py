"""`fig feed resnapshot TABLE`: have a table of the monolith read again."""

import os
import sys

import click

from chassis.cli.output import Output, json_option
from fig.clients import access, monolith, running
from fig.settings import Home, project_root
from fig.stack.addresses import nats_url


@click.group()
def feed() -> None:
    """The change feed of the running stack; its /readyz says how far a reading has come."""


@feed.command()
@click.argument("table")
@click.option("--from", "first", metavar="KEY", envvar="FIG_FEED_FROM", help="The first key.")
@click.option("--to", "last", metavar="KEY", envvar="FIG_FEED_TO", help="The last key.")
@json_option("FIG_FEED_RESNAPSHOT_JSON")
@click.pass_obj
def resnapshot(home: Home, table: str, first: str | None, last: str | None, out: Output) -> None:
    """Read TABLE, or a range of its keys, again while its changes stream by.

    Exit code 0: the feed will do it; 1: no feed answers; 2: there is no such table or key.
    """
    monolith.needed(home, f"there is no feed, and nobody to read {table} of")
    bus = nats_url(access.place(home, running.require(home)))
    program = [sys.executable, "-m", "new_services.feed", "resnapshot", table]
    program += ["--from", first] if first is not None else []
    program += ["--to", last] if last is not None else []
    program += out.options
    os.chdir(project_root())
    os.execve(program[0], program, {"FEED_NATS_URL": bus, **os.environ})
