"""Options and conversions that several commands share; each option is also a variable."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from chassis.process.address import BadAddress, url
from facade.routes.file.kinds.quantities import Share
from facade.routes.file.kinds.values import Wrong

Command = TypeVar("Command", bound=Callable[..., Any])
Pairs = tuple[tuple[str, str], ...]

routes_option = click.option(
    "--routes",
    "routes",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("routes.yaml"),
    show_default=True,
    envvar="FACADE_ROUTES",
    help="The route file.",
)


def json_option(command: str) -> Callable[[Command], Command]:
    """`--json`, also `FACADE_<COMMAND>_JSON`."""
    return click.option(
        "--json",
        "as_json",
        is_flag=True,
        envvar=f"FACADE_{command.upper()}_JSON",
        help="Answer in JSON, for programs.",
    )


def admin_url(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """`:8081` and the like as URL, without a slash at its end; a usage error (exit 2) otherwise."""
    try:
        return None if value is None else url(value)
    except BadAddress as error:
        raise click.BadParameter(str(error)) from None


def share(_context: click.Context, _option: click.Parameter, value: str | None) -> int | None:
    """`25` or `0.1%` in basis points; a usage error (exit 2) otherwise."""
    try:
        return None if value is None else Share().parse(value)
    except Wrong as error:
        raise click.BadParameter(str(error)) from None


def pairs(separator: str) -> Callable[[click.Context, click.Parameter, tuple[str, ...]], Pairs]:
    """`Name: value` or `name=value`, blanks trimmed; a usage error (exit 2) otherwise."""

    def convert(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> Pairs:
        return tuple(_pair(text, separator) for text in given)

    return convert


def _pair(text: str, separator: str) -> tuple[str, str]:
    name, found, value = text.partition(separator)
    if not found or not name.strip():
        raise click.BadParameter(f"expected NAME{separator}VALUE, not '{text}'")
    return name.strip(), value.strip()
