"""`python -m facade keys end ID`: an API key that is valid no more."""

import time
from dataclasses import replace
from pathlib import Path

import click

from chassis.cli.output import Output, json_option
from facade.commands import BAD_INPUT, REFUSED
from facade.commands.keys.options import file_option, place_of
from facade.commands.options import routes_option
from facade.machines.apikeys import BadKeyFile, changed


@click.command()
@click.argument("name", metavar="ID")
@routes_option
@file_option
@json_option("FACADE_KEYS_JSON")
def end(name: str, routes: Path, file: Path | None, out: Output) -> None:
    """End the API key with this ID now; it stays in the file, so that its use can still be traced.

    Exit code 0: done; 1: there is none of this id; 2: bad input.
    """
    place, now = place_of(file, routes, out), time.time()
    try:
        with changed(place) as keys:
            key = keys.get(name)
            if key is not None and (key.ends is None or key.ends > now):
                keys[name] = replace(key, ends=now)
    except (BadKeyFile, OSError) as error:
        out.fail(f"{place}: {error}", BAD_INPUT)
    if key is None:
        out.fail(f"no key has the id {name}; `fig keys list` shows them", REFUSED)
    words = f"{name} of {key.owner} is valid no more"
    out.give({"ok": True, "id": name, **keys[name].as_json()}, words)
