"""`python -m facade sidecar COMMAND`: the proxy beside the monolith."""

import click

from facade.commands.sidecar.fault import fault
from facade.commands.sidecar.off import off
from facade.commands.sidecar.on import on
from facade.commands.sidecar.record import record
from facade.commands.sidecar.run import run
from facade.commands.sidecar.status import status


@click.group()
def sidecar() -> None:
    """Record what the monolith answers, measure it, break it: without touching it."""


for _command in (on, off, status, record, fault, run):
    sidecar.add_command(_command)
