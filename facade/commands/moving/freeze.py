"""`fig freeze`: nothing moves a route by itself until it is thawed."""

import time
from pathlib import Path

import click

from chassis.cli.output import Output, json_option
from facade.commands import BAD_INPUT, REFUSED
from facade.commands.announcing import word, word_options
from facade.commands.options import routes_option
from facade.runtime.freeze import place, remove_freeze, write_freeze


@click.command()
@click.option("--off", is_flag=True, envvar="FACADE_FREEZE_OFF", help="Allow moves again.")
@word_options
@routes_option
@json_option("FACADE_FREEZE_JSON")
def freeze(off: bool, routes: Path, who: str | None, why: str | None, out: Output) -> None:
    """Stop every automatic move of the route file's routes, of guards and of walks.

    It writes `routes.freeze` beside the file, which every facade on it heeds at once; people can
    still flip. Exit code 0: done; 1: it was not frozen (--off); 2: the file cannot be written.
    """
    said, path = word("fig freeze", who, why), place(routes)
    try:
        if not off:
            write_freeze(routes, said.who, said.why or "no reason given", time.time())
            out.give({"ok": True, "file": str(path)}, f"frozen: {path} is there")
            return
        if not remove_freeze(routes):
            out.fail(f"it was not frozen: {path} is not there", REFUSED)
        out.give({"ok": True, "file": str(path)}, f"thawed: {path} is gone")
    except OSError as error:
        out.fail(f"cannot write {path}: {error.strerror or error}", BAD_INPUT)
