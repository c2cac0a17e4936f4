"""The `fig` command: `fig COMMAND`, or `python -m fig COMMAND`.

One command per file; each is imported only when it is called, so that all of them start quickly.
"""

import importlib
import sys
from pathlib import Path

import click

from fig.errors import FigError
from fig.settings import Home, project_root

# name: its folder under fig/commands/ (file and command have the same name), and its line of help
COMMANDS = {
    "up": ("stack", "bring everything up"),
    "down": ("stack", "stop what `fig up` started"),
    "status": ("stack", "what runs, and where the routes stand"),
    "logs": ("stack", "what a process said"),
    "kill": ("stack", "kill -9 a process, and watch it come back"),
    "restart": ("stack", "start a process anew, with other settings if wanted"),
    "flip": ("routes", "move a route to another stage"),
    "check": ("routes", "judge a route file"),
    "explain": ("routes", "where a request would go, and why"),
    "compare": ("evidence", "how the answers of both sides compared"),
    "lag": ("data", "how far each read model is behind the monolith"),
    "feed": ("data", "have a table of the monolith read again"),
    "verify": ("data", "whether both sides hold the same"),
    "repair": ("data", "make the read models what legacy says, where they are not"),
    "rebuild": ("data", "make a read model anew beside the live one, and swap them"),
    "sagas": ("orders", "orders that are on their way, or wait for a person"),
    "saga": ("orders", "one order's story, and what shall become of it"),
    "deadletters": ("data", "events that nobody could take"),
    "sidecar": ("evidence", "record, measure and break what legacy answers"),
    "replay": ("evidence", "ask recorded questions again, and compare the answers"),
    "load": ("traffic", "let shoppers in"),
    "demo": ("traffic", "the whole migration under load, with the evidence at the end"),
    "facade": ("routes", "the facade alone, in front of any HTTP server"),
}


class Commands(click.Group):
    """Finds a command by its name in COMMANDS."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"fig.commands.{COMMANDS[name][0]}.{name}")
        command: click.Command = getattr(module, name)
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="FIG_HOME",
    help="The data folder.  [env: FIG_HOME; default: .fig in the project]",
)
@click.pass_context
def cli(context: click.Context, home: Path | None) -> None:
    """Strangler Fig: a shop that moves from a monolith to services, endpoint by endpoint.

    Exit codes: 0 done, 1 a negative answer or something failed, 2 a wrong call or setting.
    """
    context.obj = Home((home or project_root() / ".fig").absolute())


def main() -> None:
    """Errors that people can do something about end with one message and their exit code."""
    try:
        cli(prog_name="fig")
    except FigError as error:
        click.echo(f"fig: {error}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
