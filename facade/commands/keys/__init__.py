"""`python -m facade keys COMMAND`: API keys of machines, and the key that signs for services."""

import click

from facade.commands.keys.add import add
from facade.commands.keys.end import end
from facade.commands.keys.listing import listing
from facade.commands.keys.rotate import rotate


@click.group()
def keys() -> None:
    """API keys of machines: add one, list them, end one; and another signing key of our own."""


for _command in (add, listing, end, rotate):
    keys.add_command(_command)
