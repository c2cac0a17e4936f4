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

FACADES = ""  # the facade carries it out: it has no file here
# name: its folder under fig/commands/ (file and command have the same name), and its line of help
ANY_FACADE = {
    "init": (FACADES, "write a first route file for a monolith of your own"),
    "token": ("routes", "print the token that a facade's admin port requires"),
    "facade": (FACADES, "run the facade alone, in front of any HTTP server"),
    "check": (FACADES, "check a route file, and name each error by line"),
    "status": ("routes", "show what runs, and the stage of each route"),
    "flip": (FACADES, "move a route to another stage"),
    "migrate": (FACADES, "move routes to the new side step by step, as the evidence allows"),
    "approve": (FACADES, "approve the step of a migration that waits for a person"),
    "undo": (FACADES, "undo the last move of a route"),
    "freeze": (FACADES, "stop all automatic moves, or allow them again"),
    "retire": (FACADES, "move routes to their last stage, when nothing needs legacy any more"),
    "journal": (FACADES, "show who moved which route, when and why"),
    "explain": (FACADES, "show where a request would go, and why"),
    "trace": (FACADES, "show where one request went, as a tree with times"),
    "keys": (FACADES, "manage API keys of machines, and the signing key"),
    "compare": ("evidence", "show how the answers of both sides compared"),
    "lag": ("evidence", "show how far each read model is behind the monolith"),
    "sidecar": (FACADES, "record, measure and break what legacy answers"),
    "replay": (FACADES, "send recorded requests again, and compare the answers"),
}
SHOP = {
    "up": ("stack", "start the whole shop"),
    "down": ("stack", "stop what `fig up` started"),
    "logs": ("stack", "show the log of a process"),
    "kill": ("stack", "kill -9 a process; the supervisor starts it again"),
    "services": ("stack", "list the instances in the registry, and whether each is ready"),
    "restart": ("stack", "restart a process, with changed settings if wanted"),
    "load": ("traffic", "run a Locust load test: shoppers who browse and order"),
    "get": ("traffic", "send a GET, or repeat it until a wanted answer; show which side answered"),
    "order": ("orders", "place one order as a customer, and read it back"),
    "demo": ("traffic", "run the whole migration under load, and report the evidence"),
    "tour": ("traffic", "show ten patterns at work, and break each on purpose"),
    "feed": ("data", "read a table of the monolith again"),
    "verify": ("data", "check that both sides hold the same data"),
    "repair": ("data", "correct read models that differ from legacy"),
    "cutover": ("data", "make the new side the owner of a domain, or legacy again"),
    "farewell": ("data", "end the monolith: archive its database, and drop it"),
    "rebuild": ("data", "rebuild a read model beside the live one, and swap them"),
    "sagas": ("orders", "list sagas that are under way, or wait for a person"),
    "saga": ("orders", "show the steps of one saga; park, resume or undo it"),
    "deadletters": ("data", "list events that a consumer could not handle; replay or drop them"),
    "events": ("data", "list consumers of events that have stopped; let one go on"),
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
                return _stand_in(name, FigError(f"`fig {name}`: {NO_MONOLITH}"))
            missing = f"`fig {name}`: {NO_SHOP} ({error.name} is missing)"
            return _stand_in(name, BadSetting(missing))

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


def _stand_in(name: str, error: FigError) -> click.Command:
    """Replaces a command that cannot work here: any call of it raises `error`."""

    def refuse(**_: object) -> None:
        raise error

    rest = click.Argument(["rest"], nargs=-1, type=click.UNPROCESSED)
    return click.Command(name, {"ignore_unknown_options": True}, refuse, [rest], help=str(error))


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
