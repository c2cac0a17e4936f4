"""The file of API keys that a command is about."""

from pathlib import Path

import click

from chassis.cli.output import Output
from facade.commands import BAD_INPUT
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load_path

file_option = click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="FACADE_KEYS_FILE",
    help="The file of API keys.  [default: machines.keys.file of the route file]",
)


def place_of(file: Path | None, routes: Path, out: Output) -> Path:
    """The file; exits with BAD_INPUT where nothing names one."""
    if file is not None:
        return file
    try:
        named = load_path(routes).file.machines.keys
    except RouteFileError as error:
        out.fail(str(error), BAD_INPUT)
    if named is None:
        out.fail(
            f"{routes} names no file of API keys: write machines: {{keys: {{file: keys.json}}}},"
            " or name one with --file",
            BAD_INPUT,
        )
    return routes.parent / named.file
