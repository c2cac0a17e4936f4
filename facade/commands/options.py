"""Options and conversions that several commands share; each option is also a variable."""

from collections.abc import Callable
from pathlib import Path

import click

from facade.routes.file.kinds.quantities import Share
from facade.routes.file.kinds.values import Wrong

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
