"""`fig sidecar`: a proxy beside the monolith that records, measures and breaks on command."""

import os
from collections.abc import Mapping

import click

from fig.clients import running
from fig.clients.passing import become, environment
from fig.settings import Home
from fig.supervise.state import StackState


def sidecar_environment(
    caller: Mapping[str, str], home: Home, found: StackState | None
) -> dict[str, str]:
    """Where the sidecar's files are and, beside a running stack, before whom it stands."""
    own = {
        "FACADE_SIDECAR_FOLDER": str(home.folder / "sidecar"),
        "FACADE_SIDECAR_VENV": str(home.folder / "sidecar-venv"),
    }
    if found is not None:
        own["FACADE_SIDECAR_UPSTREAM"] = found.urls["legacy"]
        own["FACADE_SIDECAR_STACK_PID"] = str(found.pid)
        own["FACADE_RUNTIME"] = str(home.folder / "run" / "facade")
    return {**own, **environment(caller, found)}


@click.command(
    "sidecar",
    help="Record what legacy answers, measure it, break it: on, off, status, record, fault.",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def sidecar(home: Home, arguments: tuple[str, ...]) -> None:
    """Becomes `python -m facade sidecar …`."""
    given = sidecar_environment(os.environ, home, running.find(home))
    become("sidecar", arguments, given)
