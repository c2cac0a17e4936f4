"""`fig rebuild SERVICE`: a read model is rebuilt beside the live one, and swapped in."""

import os

import click

from fig.clients import access, running
from fig.clients.passing import run_instead
from fig.settings import Home


@click.command()
@click.argument("service", type=click.Choice(access.READ_MODELS))
@click.pass_obj
def rebuild(home: Home, service: str) -> None:
    """Build SERVICE's read model again from the event stream, and swap it in once it has caught up.

    Reads and writes continue meanwhile, and rows that the service wrote itself are kept.
    Exit code 0: done; 1: it did not catch up, and nothing was swapped.
    """
    found = running.require(home)
    here = access.place(home, found)
    variables = {**access.rebuilding(home, found, service)}
    variables[f"{service.upper()}_LISTEN"] = here.address(service)  # a setting it shares, unused
    run_instead(f"new_services.{service}.rebuild", (), {**variables, **os.environ})
