"""Commands that are the facade's own: passed to it with where the running stack is."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

import click

from fig.clients import running
from fig.settings import Home, project_root
from fig.supervise.state import StackState

# the caller's variables, the data folder, the running stack -> the command's variables
Environment = Callable[[Mapping[str, str], Home, StackState | None], dict[str, str]]


def environment(caller: Mapping[str, str], found: StackState | None) -> dict[str, str]:
    """What the caller set himself comes first, then what the running stack wrote down."""
    own: dict[str, str] = {}
    if caller.get("FIG_ROUTES"):
        own["FACADE_ROUTES"] = caller["FIG_ROUTES"]
    if found is not None:
        own.setdefault("FACADE_ROUTES", found.routes)
        own["FACADE_ADMIN"] = found.urls["admin"]
    own.setdefault("FACADE_ROUTES", str(project_root() / "routes.yaml"))
    return {**own, **caller}


def become(name: str, arguments: Sequence[str], given: Mapping[str, str]) -> NoReturn:
    """Replace this process by the facade's command, which says `fig` where it names itself.

    With -P: a folder called `facade` where the user stands is not ours.
    """
    program = [sys.executable, "-P", "-m", "facade", name, *arguments]
    os.execve(program[0], program, {**given, "FACADE_PROGRAM": "fig"})


def _usual(caller: Mapping[str, str], _home: Home, found: StackState | None) -> dict[str, str]:
    return environment(caller, found)


def command(name: str, help_text: str, adapted: Environment = _usual) -> click.Command:
    """A command `fig NAME …` that becomes `python -m facade NAME …`, with what `adapted` makes of
    the caller's environment, the data folder and the stack that runs there."""

    @click.command(
        name,
        help=help_text,
        add_help_option=False,
        context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    )
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    @click.pass_obj
    def passed_on(home: Home, arguments: tuple[str, ...]) -> None:
        starts = name == "facade"
        found = None if starts else running.find(home)
        given = dict(os.environ) if starts else adapted(os.environ, home, found)
        become(name, arguments, given)

    return passed_on
