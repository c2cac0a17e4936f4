"""`fig up`: start the whole shop, in the foreground or detached."""

import asyncio
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from chassis.cli.output import Output, json_option
from fig.clients import running
from fig.errors import BadSetting, FigError
from fig.output.progress import Progress
from fig.settings import Home, project_root
from fig.stack import standing_alone
from fig.stack.ports import DEFAULT_BASE
from fig.stack.stack import Options
from fig.supervise import detached, logs, session, state
from fig.supervise.order import Order
from fig.supervise.standing import Status
from fig.supervise.state import StackState


def parse_sets(
    _context: click.Context, _option: click.Parameter, given: tuple[str, ...]
) -> dict[str, dict[str, str]]:
    """From `PROCESS.KEY=VALUE` each."""
    found: dict[str, dict[str, str]] = {}
    for text in given:
        left, equals, value = text.partition("=")
        name, dot, key = left.partition(".")
        if not (equals and dot and name and key):
            raise click.BadParameter(f"expected PROCESS.KEY=VALUE, not '{text}'")
        found.setdefault(name, {})[key] = value
    return found


@click.command()
@click.option("--detach", "-d", is_flag=True, envvar="FIG_UP_DETACH", help="Run in the background.")
@click.option("--routes", type=click.Path(path_type=Path, dir_okay=False, exists=True),
              envvar="FIG_ROUTES",
              help="The route file.  [env: FIG_ROUTES; default: routes.yaml in the project]",
              )  # fmt: skip
@click.option("--port-base", type=int, default=DEFAULT_BASE, show_default=True,
              envvar="FIG_PORT_BASE", show_envvar=True,
              help="The facade's port; the others count from it.")  # fmt: skip
@click.option("--facade-workers", type=click.IntRange(1, 64), default=2, show_default=True,
              envvar="FIG_FACADE_WORKERS", show_envvar=True,
              help="Processes that share the facade's port.")  # fmt: skip
@click.option("--instances", type=click.IntRange(1, 2), default=1, show_default=True,
              envvar="FIG_INSTANCES", show_envvar=True,
              help="Instances of each new service.")  # fmt: skip
@click.option("--scale", type=click.IntRange(1, 1000), default=1, show_default=True,
              envvar="FIG_SCALE", show_envvar=True,
              help="Size of a fresh shop, times 2,000 products.")  # fmt: skip
@click.option("--alone", is_flag=True, envvar="FIG_UP_ALONE",
              help="Start a fresh shop without a monolith, with a small seed.")  # fmt: skip
@click.option("--set", "extra", multiple=True, callback=parse_sets, envvar="FIG_SET",
              show_envvar=True, metavar="PROCESS.KEY=VALUE",
              help="Set a variable of a process, such as catalog.CATALOG_FAULT=discount-rounding.",
              )  # fmt: skip
@click.option("--postgres-bin", envvar="FIG_POSTGRES_BIN", show_envvar=True,
              help="Folder with PostgreSQL's programs, instead of the wheel's.")  # fmt: skip
@click.option("--nats-bin", envvar="FIG_NATS_BIN", show_envvar=True,
              help="Folder with nats-server, instead of the wheel's.")  # fmt: skip
@json_option("FIG_UP_JSON")
@click.pass_obj
def up(home: Home, /, detach: bool, out: Output, **options: Any) -> None:
    """Start the whole shop; Ctrl-C stops it, the facade first. A shop that has
    deleted its monolith (`fig farewell`) starts without it.

    Exit code 0 also when it already runs; 1 when another stack runs, or a process does not
    start; 2 for a busy port, a folder that cannot be written, a missing program.
    """
    if out.as_json and not detach:
        raise BadSetting("--json needs --detach: in the foreground the processes print their logs")
    order = _order(home, **options)
    found = _runs_already(order, _given(options))
    if found is not None:
        out.give(_document(found, True), _already(found))
        return
    if state.read(home.state) is not None:
        click.echo("the last run was killed; its data is kept", err=True)
    if detach:
        found = detached.leave_running(order)
        out.give(_document(found, False), _addresses(found))
    else:
        _foreground(order)


def _document(found: StackState, already: bool) -> dict[str, object]:
    return {"already": already, "pid": found.pid, "urls": found.urls, "ports": found.ports}


def _addresses(found: StackState) -> str:
    lines = [f"  {name:<7} {url}" for name, url in found.urls.items()]
    return "\n".join([*lines, "the dashboard is at admin's address; `fig token` prints its token"])


def _already(found: StackState) -> str:
    return f"runs already: {found.urls['facade']} (pid {found.pid}); `fig status` shows more"


def _order(
    home: Home, routes: Path | None, port_base: int, facade_workers: int,
    instances: int, scale: int, alone: bool, extra: dict[str, dict[str, str]],
    postgres_bin: str | None, nats_bin: str | None,
) -> Order:  # fmt: skip
    said = standing_alone.standing(home, alone)
    fresh = said is not None and said.how == standing_alone.ALONE
    options = Options(
        facade_workers=facade_workers, instances=instances, scale=scale,
        postgres_bin=postgres_bin, monolith=said is None, seed=fresh,
    )  # fmt: skip
    path = routes or project_root() / "routes.yaml"
    if fresh and routes is None:
        path = standing_alone.own_routes(home, path)
    return Order(home, path.absolute(), port_base, options, nats_bin, extra)


def _given(options: Iterable[str]) -> set[str]:
    """The options given on the command line or as variables, not by default."""
    context = click.get_current_context()
    return {
        name for name in options if context.get_parameter_source(name) != ParameterSource.DEFAULT
    }


def _runs_already(order: Order, given: set[str]) -> StackState | None:
    """The stack that runs already. Raises FigError when its options differ from those given."""
    found = running.find(order.home)
    if found is None:
        return None
    asked = {name: text for name, text in order.described.items() if name in given}
    others = [
        f"{name.replace('_', '-')} is '{found.order.get(name, '')}', not '{text}'"
        for name, text in asked.items()
        if found.order.get(name) != text
    ]
    if others:
        raise FigError(
            f"another stack runs from {order.home.folder}: {', '.join(others)};"
            " `fig down` stops it, FIG_HOME names another data folder for a second one"
        )
    return found


def _foreground(order: Order) -> None:
    stays = bool(os.environ.get(detached.DETACHED))
    progress = Progress(live=False, stamped=stays)
    seen: dict[str, Status] = {}

    def changed(status: Status) -> None:
        seen[status.name] = status
        progress.see(seen.values())

    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    said = None if stays else logs.Console(sys.stdout, colour).line
    asyncio.run(session.run(order, session.Onlooker(changed, said, progress.say)))
