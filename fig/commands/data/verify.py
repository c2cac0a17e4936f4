"""`fig verify`: check that both sides hold the same data."""

import os

import click

from chassis.cli.output import Output, json_option
from fig.clients import access, running
from fig.clients.passing import run_instead
from fig.settings import Home
from fig.stack import ended


@click.command()
@click.argument("services", nargs=-1)
@click.option("--deep", is_flag=True, envvar="FIG_VERIFY_DEEP",
              help="Compare everything in Python, by the services' own code.")  # fmt: skip
@click.option("--alone", is_flag=True, envvar="FIG_VERIFY_ALONE",
              help="Without the monolith: check the laws, compare no rows.")  # fmt: skip
@json_option("FIG_VERIFY_JSON")
@click.pass_obj
def verify(home: Home, services: tuple[str, ...], deep: bool, alone: bool, out: Output) -> None:
    """Compare SERVICES (default: all) with legacy row by row, check that documents match the rows
    they are made from, and check the laws of the books.

    Both modes check every row and document. By default the databases compare, in SQL: rows by
    checksum, documents byte by byte; only rows that seem to differ are compared in Python. With
    --deep each row is converted, and each document built, by the service's own code.
    A shop without a monolith is verified with --alone.

    Exit code 0: both sides hold the same; 1: they differ; 2: no verdict.
    """
    variables = access.verification(home, running.require(home))
    alone = alone or ended.read(home) is not None
    arguments = ["verify", *services, *["--deep"] * deep, *["--alone"] * alone, *out.options]
    run_instead("new_services.verify", arguments, {**variables, **os.environ})
