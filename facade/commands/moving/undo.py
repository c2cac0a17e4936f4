"""`fig undo [ROUTE]`: take the last move back."""

import click

from chassis.cli.output import Output, json_option
from facade.commands.announcing import admin_option, word, word_options
from facade.commands.moving.asking import ask


@click.command()
@click.argument("route", required=False)
@word_options
@admin_option
@json_option("FACADE_UNDO_JSON")
def undo(route: str | None, admin: str, who: str | None, why: str | None, out: Output) -> None:
    """Take the last move back (of ROUTE, or of any), with what moved by the same edit.

    Only a move toward the new side: forward again is for `fig flip` and `fig migrate`. A walk
    of the route pauses. Exit code 0: done; 1: refused, with the reason; 2: bad input.
    """
    said = word("fig undo", who, why)
    found = ask(out, admin, "/api/undo", {"route": route, **said.query}, "POST")
    out.give(found, "\n".join(f"{name}: back at {to}" for name, to in found["routes"].items()))
