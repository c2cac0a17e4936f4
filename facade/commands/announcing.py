"""Who moves routes, and why: announced to the running facade for its journal."""

import getpass
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click

from chassis.cli.calls import NoAnswer, call_object
from chassis.cli.options import as_url
from facade.runtime.statefolder import running

Command = TypeVar("Command", bound=Callable[..., object])
SECONDS = 3.0
ADMIN = "http://127.0.0.1:8081"


@dataclass(frozen=True, slots=True)
class Word:
    """A person's word: who gives it, why, and with which command."""

    who: str
    why: str
    source: str

    @property
    def query(self) -> dict[str, str | None]:
        """As the admin API takes it."""
        return {"who": self.who, "why": self.why, "source": self.source}


def word(command: str, who: str | None, why: str | None) -> Word:
    """The word of the person who calls a command; the system's user where none is named."""
    return Word(who or _user(), why or "", f"{command} on {socket.gethostname()}")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def word_options(command: Command) -> Command:
    """`--as NAME` and `--why REASON`, the parameters `who` and `why`."""
    who = click.option(
        "--as", "who", metavar="NAME", envvar="FACADE_AS",
        help="Who does it, for the journal.  [default: the system's user]",
    )  # fmt: skip
    why = click.option("--why", metavar="REASON", envvar="FACADE_WHY", help="Why, for the journal.")
    return who(why(command))


def admin_option(command: Command) -> Command:
    """`--admin`, with the usual port where nothing is said."""
    return click.option(
        "--admin", metavar="ADDRESS", callback=_admin, envvar="FACADE_ADMIN",
        help="Admin port of the running facade (HOST:PORT, :PORT or a URL)."
        "  [default: the one that runs by the route file]",
    )(command)  # fmt: skip


def _admin(context: click.Context, option: click.Parameter, value: str | None) -> str:
    routes = Path(os.environ.get("FACADE_ROUTES", "routes.yaml"))
    return as_url(context, option, value) or running(routes) or ADMIN


def announce(admin: str | None, route: str, to: str, said: Word) -> None:
    """Say that this route is about to be moved; a facade that is away hears it of the file."""
    if admin is None:
        return
    query = {"routes": route, "to": to, **said.query}
    try:
        call_object(f"{admin}/api/moves/announce", query, method="POST", seconds=SECONDS)
    except NoAnswer:
        return
