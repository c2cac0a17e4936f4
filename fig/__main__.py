"""The `fig` command: `fig COMMAND`, or `python -m fig COMMAND`.

One command per file; each is imported only when it is called, so that all of them start quickly.
"""

import importlib
import importlib.util
import sys
from pathlib import Path

import click

from chassis.cli.output import output_of
from fig.clients.running import NO_SHOP, shop_here
from fig.errors import BadSetting, FigError
from fig.settings import Home, project_root

FACADES = ""  # carried out by the facade: no file of its own
# name: its folder under fig/commands/ (file and command have the same name), and its line of help
ANY_FACADE = {
    "init": (FACADES, "write a first route file for a monolith of your own"),
    "token": ("routes", "the token that the admin port of a facade asks for"),
    "facade": (FACADES, "the facade alone, in front of any HTTP server"),
    "check": (FACADES, "judge a route file"),
    "status": ("routes", "what runs, and where the routes stand"),
    "flip": (FACADES, "move a route to another stage"),
    "migrate": (FACADES, "walk routes to the new side, by the evidence"),
    "approve": (FACADES, "a person's word for the step of a walk that waits for it"),
    "undo": (FACADES, "take the last move back"),
    "freeze": (FACADES, "stop every automatic move, or allow them again"),
    "retire": (FACADES, "the last stage of routes, where nothing needs legacy any more"),
    "journal": (FACADES, "who moved what, when and why"),
    "explain": (FACADES, "where a request would go, and why"),
    "trace": (FACADES, "where one request went, as a tree with times"),
    "keys": (FACADES, "API keys of machines, and another signing key"),
    "compare": ("evidence", "how the answers of both sides compared"),
    "lag": ("evidence", "how far each read model is behind the monolith"),
    "sidecar": (FACADES, "record, measure and break what legacy answers"),
    "replay": (FACADES, "ask recorded questions again, and compare the answers"),
}
SHOP = {
    "up": ("stack", "bring everything up"),
    "down": ("stack", "stop what `fig up` started"),
    "logs": ("stack", "what a process said"),
    "kill": ("stack", "kill -9 a process, and watch it come back"),
    "services": ("stack", "the instances in the registry, and whether each is ready"),
    "restart": ("stack", "start a process again, with other settings if wanted"),
    "load": ("traffic", "let shoppers in"),
    "get": ("traffic", "ask once, or until the answer is as wanted; which side gave it"),
    "order": ("orders", "order one piece as a customer, and read it back"),
    "demo": ("traffic", "the whole migration under load, with the evidence at the end"),
    "tour": ("traffic", "ten patterns, each watched and broken on purpose"),
    "feed": ("data", "have a table of the monolith read again"),
    "verify": ("data", "whether both sides hold the same"),
    "repair": ("data", "make the read models what legacy says, where they are not"),
    "cutover": ("data", "make the new side the owner of a domain, or legacy again"),
    "farewell": ("data", "the end of the monolith: archive its database, and drop it"),
    "rebuild": ("data", "rebuild a read model beside the live one, and swap them"),
    "sagas": ("orders", "orders that are on their way, or wait for a person"),
    "saga": ("orders", "the story of one saga; park, resume or undo it"),
    "deadletters": ("data", "events that no consumer could handle"),
    "events": ("data", "consumers of events that have stopped, and the way on"),
}
COMMANDS = ANY_FACADE | SHOP
MONOLITH = ("feed", "cutover", "farewell")  # of no use where there is none
NO_MONOLITH = "needs the monolith, and there is none in this tree any more"
GROUPS = {"With any facade": ANY_FACADE, "With the shop, from its checkout": SHOP}


class Commands(click.Group):
    """Finds a command by its name in COMMANDS."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        try:
            return _load(name)
        except ModuleNotFoundError as error:
            if name not in SHOP:
                raise
            if name in MONOLITH and error.name == _module(name):
                return _without_monolith(name)
            return _missing(name, str(error.name))

    def invoke(self, context: click.Context) -> object:
        """A command that asked for JSON gets a document also for an error."""
        try:
            return super().invoke(context)
        except FigError as error:
            out = output_of(context)
            if out.as_json:
                out.refuse({"error": str(error)}, "")
            raise

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        useless = () if _monolith_here() else MONOLITH
        for title, commands in GROUPS.items():
            lines = [
                (name, NO_MONOLITH if name in useless else text)
                for name, (_, text) in commands.items()
            ]
            with formatter.section(title):
                formatter.write_dl(lines)


def _monolith_here() -> bool:
    """Also true where the shop is not installed at all: its own commands say that."""
    return not shop_here() or importlib.util.find_spec("fig.stack.legacy_side") is not None


def _without_monolith(name: str) -> click.Command:
    """Stands for a command that went with the monolith."""

    def refuse(**_: object) -> None:
        raise FigError(f"`fig {name}`: {NO_MONOLITH}")

    rest = click.Argument(["rest"], nargs=-1, type=click.UNPROCESSED)
    settings = {"ignore_unknown_options": True}
    return click.Command(name, settings, refuse, [rest], help=NO_MONOLITH)


def _load(name: str) -> click.Command:
    folder, text = COMMANDS[name]
    if folder == FACADES:
        from fig.commands.passed import command

        return command(name, text)
    module = importlib.import_module(_module(name))
    found: click.Command = getattr(module, name)
    return found


def _module(name: str) -> str:
    return f"fig.commands.{COMMANDS[name][0]}.{name}"


def _missing(name: str, module: str) -> click.Command:
    """Stands for a command of the shop where the shop or one of its libraries is not installed."""
    why = f"`fig {name}`: {NO_SHOP} ({module} is missing)"

    def refuse(**_: object) -> None:
        raise BadSetting(why)

    rest = click.Argument(["rest"], nargs=-1, type=click.UNPROCESSED)
    settings = {"ignore_unknown_options": True}
    return click.Command(name, settings, refuse, [rest], help=why)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="FIG_HOME",
    help="The data folder.  [env: FIG_HOME; default: .fig in the project]",
)
@click.version_option(package_name="strangler-fig", message="Strangler Fig %(version)s")
@click.pass_context
def cli(context: click.Context, home: Path | None) -> None:
    """Strangler Fig: move traffic from a monolith to new services, endpoint by endpoint.

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
