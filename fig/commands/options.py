"""Options that several commands share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from chassis.process.address import BadAddress, url

Command = TypeVar("Command", bound=Callable[..., Any])


def json_option(command: str) -> Callable[[Command], Command]:
    """`--json`, also `FIG_<COMMAND>_JSON`."""
    return click.option(
        "--json",
        "as_json",
        is_flag=True,
        envvar=f"FIG_{command.upper()}_JSON",
        help="Answer in JSON, for programs.",
    )


def _url(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """`:8081` and the like as a URL; a usage error (exit 2) otherwise."""
    try:
        return None if value is None else url(value)
    except BadAddress as error:
        raise click.BadParameter(str(error)) from None


# The value is a URL without a slash at its end, or None.
admin_option = click.option(
    "--admin",
    "address",
    metavar="ADDRESS",
    callback=_url,
    envvar="FACADE_ADMIN",
    help="A facade's admin port: HOST:PORT, :PORT or a URL.  [default: of the running stack]",
)
