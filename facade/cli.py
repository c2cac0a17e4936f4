"""The command line of the facade: `python -m facade COMMAND`."""

import click

from facade.commands.check import check
from facade.commands.explain import explain
from facade.commands.flip import flip
from facade.commands.replay import replay
from facade.commands.run import run
from facade.commands.schema import schema
from facade.commands.sidecar import sidecar


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The door in front of the old and the new side: which one answers is said in routes.yaml."""


for _command in (run, check, flip, explain, schema, sidecar, replay):
    main.add_command(_command)
