"""`fig restart NAME`: restart a process, with changed settings if wanted."""

import click

from chassis.cli.output import Output, json_option
from fig.clients import running
from fig.errors import FigError
from fig.settings import Home
from fig.supervise.spool import Restart, Spool


def parse_values(
    _context: click.Context, _option: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    """From `KEY=VALUE` each; VALUE may be empty."""
    found = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise click.BadParameter(f"expected KEY=VALUE, not '{text}'")
        found[key] = value
    return found


@click.command()
@click.argument("name")
@click.option("--set", "extra", multiple=True, callback=parse_values, envvar="FIG_RESTART_SET",
              metavar="KEY=VALUE",
              help="Set a variable of its environment until the stack stops; may be repeated.",
              )  # fmt: skip
@click.option("--pause", type=click.FloatRange(0, 600), default=0.0, envvar="FIG_RESTART_PAUSE",
              metavar="SECONDS", help="Leave it stopped for so long in between.")  # fmt: skip
@json_option("FIG_RESTART_JSON")
@click.pass_obj
def restart(home: Home, name: str, extra: dict[str, str], pause: float, out: Output) -> None:
    """Stop process NAME cleanly and start it again; return when it is ready.

    Exit code 0: it is ready; 1: it did not become ready, and runs with its former settings;
    2: no such process.
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
