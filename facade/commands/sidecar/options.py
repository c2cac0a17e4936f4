"""What the sidecar's commands share: where it is, and how they fail."""

from pathlib import Path
from urllib.parse import urlsplit

import click

from chassis.cli.output import Output
from facade.commands import BAD_INPUT
from facade.commands.options import share
from facade.routes.config.routefile import FULL, LEGACY
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load_path
from facade.sidecar.folder import Folder
from facade.sidecar.handle import Handle

folder_option = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".fig/sidecar"),
    show_default=True,
    envvar="FACADE_SIDECAR_FOLDER",
    help="Where the sidecar's files lie.",
)


def handle(folder: Path) -> Handle:
    """The sidecar of a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    return Handle(Folder(folder.absolute()))


def upstream_url(given: str | None, routes: Path) -> str:
    """The monolith's address: what was given, or the route file's. Exits with 2."""
    if given is not None:
        return _checked(given)
    try:
        found = load_path(routes).file.upstreams.get(LEGACY)
    except RouteFileError as error:
        Output().fail(str(error), BAD_INPUT)
    urls = found.urls if found is not None else ()
    if len(urls) != 1:
        Output().fail(
            f"upstream '{LEGACY}' of {routes} has {len(urls)} addresses; say with --upstream"
            " beside which one the sidecar shall stand",
            BAD_INPUT,
        )
    return _checked(urls[0])


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        Output().fail(f"--upstream: expected http://HOST:PORT, not '{url}'", BAD_INPUT)
    return f"{parts.scheme}://{parts.netloc}"


def fraction(context: click.Context, option: click.Parameter, value: str | None) -> float | None:
    """`10%` as 0.1; a usage error (exit 2) otherwise."""
    found = share(context, option, value)
    return None if found is None else found / FULL
