"""`fig repair`: correct read models that differ from legacy."""

import json
import os

import click

from chassis.cli.output import Output, json_option
from fig.clients import access, admin, running
from fig.clients.passing import run_instead
from fig.errors import FigError
from fig.settings import Home
from fig.supervise.state import StackState


@click.command()
@click.argument("services", nargs=-1)
@click.option("--apply", "write", is_flag=True, envvar="FIG_REPAIR_APPLY",
              help="Write the corrections.")  # fmt: skip
@click.option("--undo", metavar="ID", envvar="FIG_REPAIR_UNDO",
              help="Restore the rows as they were before a repair.")  # fmt: skip
@click.option("--list", "listed", is_flag=True, envvar="FIG_REPAIR_LIST",
              help="List the repairs that were made.")  # fmt: skip
@json_option("FIG_REPAIR_JSON")
@click.pass_obj
def repair(
    home: Home, services: tuple[str, ...], write: bool, undo: str | None, listed: bool,
    out: Output,
) -> None:  # fmt: skip
    """Show which rows of SERVICES (default: all) differ from legacy; --apply corrects them.

    Each correction is written to a journal, and --undo ID takes it back. Rows that agree are never
    touched. What a service computes from a corrected row (documents, stock levels, sums) is
    computed again. A service with a retired route is itself the system of record and is left out.
    Exit code 0: nothing to correct, or all corrected; 1: something is left; 2: no verdict.
    """
    found = running.require(home)
    variables = {"VERIFY_RETIRED": json.dumps(retired(found)), **access.verification(home, found)}
    arguments = ["repair", *services, *["--apply"] * write, *["--list"] * listed, *out.options]
    arguments += ["--undo", undo] if undo else []
    run_instead("new_services.verify", arguments, {**variables, **os.environ})


def retired(found: StackState) -> list[str]:
    """Services with a retired route. Raises FigError when the facade does not say."""
    try:
        routes = admin.get(found.urls["admin"], "/api/status")["routes"]
    except FigError as error:
        raise FigError(f"cannot tell which services have retired routes: {error}") from error
    return sorted({route["new"] for route in routes if route["stage"] == "retired"})
