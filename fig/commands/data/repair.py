"""`fig repair`: make the read models what legacy says, where they are not."""

import json
import os
import sys

import click

from chassis.cli.output import Output, json_option
from fig.clients import access, admin, running
from fig.errors import FigError
from fig.settings import Home, project_root
from fig.supervise.state import StackState


@click.command()
@click.argument("services", nargs=-1)
@click.option("--apply", "write", is_flag=True, envvar="FIG_REPAIR_APPLY",
              help="Write what is planned.")  # fmt: skip
@click.option("--undo", metavar="ID", envvar="FIG_REPAIR_UNDO",
              help="Put back what stood there before a repair.")  # fmt: skip
@click.option("--list", "listed", is_flag=True, envvar="FIG_REPAIR_LIST",
              help="The repairs that were made.")  # fmt: skip
@json_option("FIG_REPAIR_JSON")
@click.pass_obj
def repair(
    home: Home, services: tuple[str, ...], write: bool, undo: str | None, listed: bool,
    out: Output,
) -> None:  # fmt: skip
    """Show what would be written to SERVICES (all by default); --apply writes and journals it.

    Rows that agree are never touched. What is derived of the others (documents, levels, sums) is
    made anew with them, also by --undo. The authority is legacy; a service with a retired route is
    the system of record itself, and is left alone.
    Exit code 0: nothing to mend, or all mended; 1: something is left; 2: no verdict.
    """
    found = running.require(home)
    variables = {"VERIFY_RETIRED": json.dumps(retired(found)), **access.verification(home, found)}
    program = [sys.executable, "-m", "new_services.verify", "repair", *services]
    program += ["--apply"] * write + ["--list"] * listed + out.options
    program += ["--undo", undo] if undo else []
    os.chdir(project_root())
    os.execve(program[0], program, {**variables, **os.environ})


def retired(found: StackState) -> list[str]:
    """Services with a route that legacy answers no more. Raises FigError: unknown is not safe."""
    try:
        routes = admin.get(found.urls["admin"], "/api/status")["routes"]
    except FigError as error:
        raise FigError(f"who is the system of record is not known: {error}") from error
    return sorted({route["new"] for route in routes if route["stage"] == "retired"})
