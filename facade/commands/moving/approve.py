"""`fig approve ROUTE`: a person's word for the step that waits for it."""

import click

from chassis.cli.output import Output, json_option
from facade.commands.announcing import admin_option, word, word_options
from facade.commands.moving.asking import ask
from facade.commands.moving.migrate import line


@click.command()
@click.argument("routes", metavar="ROUTE[,ROUTE…]")
@word_options
@admin_option
@json_option("FACADE_APPROVE_JSON")
def approve(routes: str, admin: str, who: str | None, why: str | None, out: Output) -> None:
    """Say that the walk of ROUTE may take the step it waits with.

    Exit code 0: approved; 1: nothing waits for a word; 2: bad input.
    """
    said = word("fig approve", who, why)
    query = {"routes": routes, "what": "approve", **said.query}
    walk = ask(out, admin, "/api/walks/change", query, "POST")
    out.give(walk, lambda: line(walk))
