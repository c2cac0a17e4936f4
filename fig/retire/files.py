"""Writes what the logs of a running shop say, for `fig retire --seen`."""

import time

from chassis.process.files import write_whole
from fig.clients.access import place
from fig.retire import callers, seen, sessions
from fig.settings import Home
from fig.stack.addresses import database_url
from fig.supervise.state import StackState


def write(home: Home, found: StackState) -> list[str]:
    """The paths of the files. Raises FigError where legacy's database cannot be asked."""
    now = time.time()
    url = database_url(place(home, found), "postgres", "legacy")
    since, logins = sessions.logged(seen.lines(home.logs, "postgres"))
    used = sessions.needs([*logins, *sessions.open_now(url)])
    first, asked = callers.callers(seen.lines(home.logs, "legacy"))
    documents = {
        "sessions.json": seen.document("the log of PostgreSQL", since, used, now),
        "callers.json": seen.document("the log of the monolith", first, asked, now),
    }
    for name, text in documents.items():
        write_whole(home.folder / "run" / f"seen-{name}", text)
    return [str(home.folder / "run" / f"seen-{name}") for name in documents]
