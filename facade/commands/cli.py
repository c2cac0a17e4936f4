"""The command line of the facade: `python -m facade COMMAND`."""

import copy
import importlib

import click

from facade.commands.check import check
from facade.commands.explain import explain
from facade.commands.flip import flip
from facade.commands.run import run
from facade.commands.schema import schema

# Imported when they are called: what they need (an HTTP client) has no place in a running facade.
LATE = {
    "calibrate": "calibrate", "init": "init", "replay": "replay", "sidecar": "sidecar",
    "migrate": "moving.migrate", "approve": "moving.approve", "undo": "moving.undo",
    "freeze": "moving.freeze", "journal": "moving.journal", "owner": "owner",
    "retire": "moving.retire", "detach": "moving.detach", "trace": "trace", "keys": "keys",
}  # fmt: skip


class Commands(click.Group):
    """Also finds the commands in LATE."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted([*super().list_commands(context), *LATE])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in LATE:
            return super().get_command(context, name)
        command: click.Command = getattr(
            importlib.import_module(f"facade.commands.{LATE[name]}"), name
        )
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The door in front of the old and the new side: which one answers is said in routes.yaml."""


for _command in (run, check, flip, explain, schema):
    main.add_command(_command)

# `fig facade` becomes this one, so that its help and its errors name the command that was called.
facade = copy.copy(run)
facade.name, facade.hidden = "facade", True
main.add_command(facade)
