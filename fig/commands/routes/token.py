"""`fig token`: the token that a facade's admin port requires."""

import click

from chassis.cli.output import Output, json_option
from chassis.process.tokens import VARIABLE, token_for
from fig.clients import running
from fig.commands.options import admin_option
from fig.errors import FigError
from fig.settings import Home


@click.command()
@admin_option
@json_option("FIG_TOKEN_JSON")
@click.pass_obj
def token(home: Home, address: str | None, out: Output) -> None:
    """Print the token that opens the dashboard, and that scripts send as
    `Authorization: Bearer TOKEN`. Works for facades that this user started on this machine.
    """
    url = running.admin_url(home, address)
    found = token_for(url)
    if found is None:
        raise FigError(
            f"no facade of this user has a token for {url}: as the user it runs as, read"
            f" keys/admin.token in its runtime folder, and set {VARIABLE}"
        )
    out.give({"admin": url, "token": found}, lambda: found)
