"""`python -m facade sidecar run`: the sidecar in the foreground; `on` starts this."""

import signal
from pathlib import Path

import click

from chassis.cli.output import Output
from chassis.process import lifetime, telemetry
from facade.commands import REFUSED
from facade.commands.options import environment_option, routes_option
from facade.commands.sidecar.options import folder_option, handle, upstream_url
from facade.sidecar import environment, guardian
from facade.sidecar.environment import NoEnvironment


@click.command()
@folder_option
@routes_option
@click.option(
    "--upstream",
    envvar="FACADE_SIDECAR_UPSTREAM",
    help="The monolith's address.  [default: upstream 'legacy' of the route file]",
)
@click.option("--listen", default="127.0.0.1:0", show_default=True,
              envvar="FACADE_SIDECAR_LISTEN",
              help="HOST:PORT; port 0 is any that is free.")  # fmt: skip
@click.option(
    "--runtime",
    type=click.Path(path_type=Path),
    envvar="FACADE_RUNTIME",
    help="The facade's folder: its requests to legacy come through the sidecar while it is well.",
)
@environment_option
@click.option("--stack-pid", type=int, envvar="FACADE_SIDECAR_STACK_PID",
              help="End when this process ends.")  # fmt: skip
def run(
    folder: Path, routes: Path, upstream: str | None, listen: str, runtime: Path | None,
    venv: Path, stack_pid: int | None,
) -> None:  # fmt: skip
    """Run the sidecar until SIGTERM; what is under way is answered first."""
    telemetry.setup("sidecar")
    place = handle(folder)
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise click.BadParameter(f"expected HOST:PORT, not '{listen}'", param_hint="--listen")
    if place.guardian() is not None:
        Output().fail(f"a sidecar runs already in {folder}", REFUSED)
    address = upstream_url(upstream, routes)
    try:
        python = environment.ensure(venv.absolute())
    except NoEnvironment as error:
        Output().fail(str(error), REFUSED)
    stack = lifetime.of(stack_pid) if stack_pid else None
    order = guardian.Order(place.folder, address, host, int(port), runtime)
    signals: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda got, _frame: signals.append(got))
    words = guardian.command(python, order)
    guardian.Guardian(order, lambda: guardian.start(words)).run(
        lambda: bool(signals) or (stack is not None and stack.ended)
    )
