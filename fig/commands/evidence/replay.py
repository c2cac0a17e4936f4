"""`fig replay`: ask recorded questions again, and compare the answers."""

import os
from collections.abc import Mapping

import click

from fig.clients import running
from fig.clients.passing import become, environment
from fig.settings import Home
from fig.supervise.state import StackState


def replay_environment(
    caller: Mapping[str, str], home: Home, found: StackState | None
) -> dict[str, str]:
    """Where mitmproxy's environment is and, beside a running stack, who answers there."""
    own = {"FACADE_SIDECAR_VENV": str(home.folder / "sidecar-venv")}
    if found is not None:
        own["FACADE_REPLAY_LEGACY"] = found.urls["legacy"]
        own["FACADE_RUNTIME"] = str(home.folder / "run" / "facade")
    return {**own, **environment(caller, found)}


@click.command(
    "replay",
    help="Ask what was recorded again, and compare the answers of both sides.",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def replay(home: Home, arguments: tuple[str, ...]) -> None:
    """Becomes `python -m facade replay …`."""
    given = replay_environment(os.environ, home, running.find(home))
    become("replay", arguments, given)
