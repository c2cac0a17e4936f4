"""`python -m facade run`: start the facade, after the route file was judged."""

from pathlib import Path
from typing import Any

import click

from facade.commands import BAD_INPUT
from facade.routes.config.routefile import LEGACY
from facade.routes.file.problems import RouteFileError, unknown
from facade.routes.file.reading import load_path


@click.command()
@click.option("--routes", type=click.Path(path_type=Path), envvar="FACADE_ROUTES",
              help="The route file.  [default: routes.yaml]")  # fmt: skip
@click.option("--listen", envvar="FACADE_LISTEN",
              help="HOST:PORT for clients.  [default: 127.0.0.1:8080]")  # fmt: skip
@click.option(
    "--admin",
    envvar="FACADE_ADMIN",
    help="HOST:PORT, :PORT (of 127.0.0.1) or unix:/PATH of the admin API and dashboard; off."
    "  [default: 127.0.0.1:8081]",
)
@click.option("--workers", type=int, envvar="FACADE_WORKERS",
              help="Processes that share the port.  [default: 1]")  # fmt: skip
@click.option("--runtime", type=click.Path(path_type=Path), envvar="FACADE_RUNTIME",
              help="A folder for the published table, the keys and the evidence.  [default:"
              " .ROUTES.facade beside the route file]")  # fmt: skip
@click.option("--nats-url", envvar="FACADE_NATS_URL",
              help="The registry of instances, for upstreams that name a service.")  # fmt: skip
@click.option(
    "--upstream",
    "upstreams",
    multiple=True,
    envvar="FACADE_UPSTREAMS",
    help="NAME=URL[,URL]: take these addresses instead of the file's; may be repeated.",
)
@click.option(
    "--force",
    metavar="REASON",
    envvar="FACADE_FORCE",
    help="Take the route file as it is, although a route in it took more than one step while the"
    " facade was stopped; the reason is kept in the journal.",
)
def run(upstreams: tuple[str, ...], **given: Any) -> None:
    """Start the facade: workers on one port, the admin API on another.

    Exit code 2 when the settings or the route file cannot be used.
    """
    from pydantic import ValidationError  # late, all three: only this command needs them

    from facade.master.settings import FacadeSettings

    options = {name: value for name, value in given.items() if value is not None}
    if upstreams:
        options["upstreams"] = " ".join(upstreams)
    try:
        settings = FacadeSettings(**options)
        loaded = load_path(settings.routes)
    except ValidationError as error:
        for problem in error.errors():
            name = "-".join(str(part) for part in problem["loc"]).replace("_", "-")
            click.echo(f"--{name}: {problem['msg']}", err=True)
        raise SystemExit(BAD_INPUT) from None
    except RouteFileError as error:
        click.echo(str(error), err=True)
        raise SystemExit(BAD_INPUT) from None
    for name in settings.upstreams.keys() - loaded.file.upstreams.keys() - {LEGACY}:
        click.echo(f"--upstream: {unknown('upstream', name, loaded.file.upstreams)}", err=True)
        raise SystemExit(BAD_INPUT)
    for line in loaded.warning_lines:
        click.echo(line, err=True)
    from facade.master import master as workers

    raise SystemExit(workers.main(settings))
