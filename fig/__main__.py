"""The `fig` command: `fig COMMAND`, or `python -m fig COMMAND`.

One command per file; each is imported only when it is called, so that all of them start quickly.
"""

import importlib
import sys
from pathlib import Path

import click

from fig.errors import FigError
from fig.settings import Home, project_root

# name: the file under fig/commands/ (its command has the same name) and what the list says of it
COMMANDS = {
    "up": "bring everything up",
    "down": "stop what `fig up` started",
    "status": "what runs, and where the routes stand",
    "logs": "what a process said",
    "kill": "kill -9 a process, and watch it come back",
    "restart": "start a process anew, with other settings if wanted",
    "flip": "move a route to another stage",
    "check": "judge a route file",
    "explain": "where a request would go, and why",
    "compare": "how the answers of both sides compared",
    "lag": "how far each read model is behind the monolith",
    "feed": "have a table of the monolith read again",
    "verify": "whether both sides hold the same",
    "repair": "make the read models what legacy says, where they are not",
    "rebuild": "make a read model anew beside the live one, and swap them",
    "sagas": "orders that are on their way, or wait for a person",
    "saga": "one order's story, and what shall become of it",
    "deadletters": "events that nobody could take",
    "sidecar": "record, measure and break what legacy answers",
    "replay": "ask recorded questions again, and compare the answers",
    "load": "let shoppers in",
    "demo": "the whole migration under load, with the evidence at the end",
    "facade": "the facade alone, in front of any HTTP server",
}


class Commands(click.Group):
    """Finds a command by its name in COMMANDS."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"fig.commands.{name}")
        command: click.Command = getattr(module, name)
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


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
