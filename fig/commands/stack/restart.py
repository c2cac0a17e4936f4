"""`fig restart NAME`: start a process again, with other settings if wanted."""

import click

from chassis.cli.output import Output, json_option
from fig.clients import running
from fig.errors import FigError
from fig.settings import Home
from fig.supervise.spool import Restart, Spool


def parse_values(
    _context: click.Context, _option: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    """`KEY=VALUE` each; an empty value is one."""
    found = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise click.BadParameter(f"expected KEY=VALUE, not '{text}'")
        found[key] = value
    return found


@click.command()
@click.argument("name")
@click.option(
    "--set",
    "extra",
    multiple=True,
    callback=parse_values,
    envvar="FIG_RESTART_SET",
    metavar="KEY=VALUE",
    help="Change its environment, for as long as the stack runs; may be repeated.",
)
@click.option(
    "--pause",
    type=click.FloatRange(0, 600),
    default=0.0,
    envvar="FIG_RESTART_PAUSE",
    metavar="SECONDS",
    help="Leave it down for so long in between.",
)
@json_option("FIG_RESTART_JSON")
@click.pass_obj
def restart(home: Home, name: str, extra: dict[str, str], pause: float, out: Output) -> None:
    """Stop a process in order and start it again; returns when it is ready.

    Exit code 1 when it does not become ready (it then goes on with its former settings),
    2 for an unknown name.
    """
    found = running.require(home)
    running.process(found, name)
    answer = Spool(home.spool).ask(Restart(name, extra, pause), alive=lambda: found.alive)
    if not answer.ok and not out.as_json:
        error = FigError(f"{answer.message}; see `fig logs {name}`")
        error.exit_code = answer.exit_code
        raise error
    out.give({"ok": answer.ok, "name": name, "message": answer.message}, answer.message)
    raise SystemExit(answer.exit_code)
