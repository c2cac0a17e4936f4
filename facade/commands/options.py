"""Options and conversions that several commands share; each option is also a variable."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from chassis.cli.options import as_url
from facade.routes.file.kinds.quantities import Duration, Share
from facade.routes.file.kinds.values import Scalar, Url, Wrong

T = TypeVar("T")
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


running_option = click.option(
    "--admin",
    metavar="ADDRESS",
    callback=as_url,
    envvar="FACADE_ADMIN",
    help="Admin port of the running facade (HOST:PORT, :PORT or a URL), which has the evidence and"
    " confirms that all its workers decide by the new file.  [default: the facade that runs by this"
    " route file]",
)
environment_option = click.option(
    "--environment",
    "venv",
    type=click.Path(path_type=Path),
    default=Path(".fig/sidecar-venv"),
    show_default=True,
    envvar="FACADE_SIDECAR_VENV",
    help="mitmproxy's own environment, which reads flow files; made when it is not there.",
)


def parsed(kind: Scalar[T]) -> Callable[[click.Context, click.Parameter, str | None], T | None]:
    """Converts a value as the route file does; a usage error (exit 2) where it is wrong."""

    def convert(_context: click.Context, _option: click.Parameter, value: str | None) -> T | None:
        try:
            return None if value is None else kind.parse(value)
        except Wrong as error:
            raise click.BadParameter(str(error)) from None

    return convert


share = parsed(Share())  # `25` or `0.1%`, in basis points
seconds = parsed(Duration())  # `250ms`, `2s`
url = parsed(Url())


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
