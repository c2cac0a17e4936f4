"""`fig verify`: whether both sides hold the same."""

import os
import sys

import click

from chassis.cli.output import Output, json_option
from fig.clients import access, running
from fig.settings import Home, project_root
from fig.stack import ended


@click.command()
@click.argument("services", nargs=-1)
@click.option("--deep", is_flag=True, envvar="FIG_VERIFY_DEEP",
              help="All by the services' own code, in Python.")  # fmt: skip
@click.option("--alone", is_flag=True, envvar="FIG_VERIFY_ALONE",
              help="Without the monolith: laws and books, no row compared.")  # fmt: skip
@json_option("FIG_VERIFY_JSON")
@click.pass_obj
def verify(home: Home, services: tuple[str, ...], deep: bool, alone: bool, out: Output) -> None:
    """Compare SERVICES (all by default) with legacy row by row, what clients read with the rows
    it is made of, and check the laws on them.

    Both ways bind all of it. By default the servers look, in SQL: rows by checksum, documents byte
    by byte; only what seems to differ is looked at in Python. With --deep every row goes through
    the projection's own conversions, and every document is made anew by its service.
    A shop that has no monolith any more is verified alone.

    Exit code 0: both sides hold the same; 1: they differ; 2: no verdict.
    """
    variables = access.verification(home, running.require(home))
    alone = alone or ended.read(home) is not None
    program = [sys.executable, "-m", "new_services.verify", "verify", *services]
    program += ["--deep"] * deep + ["--alone"] * alone + out.options
    os.chdir(project_root())
    os.execve(program[0], program, {**variables, **os.environ})
