"""`fig rebuild SERVICE`: a read model is rebuilt beside the live one, and swapped in."""

import os
import sys

import click

from fig.clients import access, running
from fig.settings import Home, project_root


@click.command()
@click.argument("service", type=click.Choice(access.READ_MODELS))
@click.pass_obj
def rebuild(home: Home, service: str) -> None:
    """Project SERVICE's tables again from the stream, and swap them when they have caught up.

    Reads and writes go on all the while, and what the service itself wrote is kept.
    Exit code 0: done; 1: it did not catch up, and nothing was exchanged.
    """
    found = running.require(home)
    here = access.place(home, found)
    variables = {**access.rebuilding(home, found, service)}
    variables[f"{service.upper()}_LISTEN"] = here.address(service)  # a setting it shares, unused
    program = [sys.executable, "-m", f"new_services.{service}.rebuild"]
    os.chdir(project_root())
    os.execve(program[0], program, {**variables, **os.environ})
