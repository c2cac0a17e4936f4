"""`fig retire`: the last stage of routes, where nothing needed legacy for long enough."""

import os
import time
from collections.abc import Mapping

from chassis.process.files import write_whole
from fig.clients import running
from fig.clients.passing import command, environment
from fig.settings import Home
from fig.supervise.state import StackState

SEEN = "FACADE_RETIRE_SEEN"


def retire_environment(
    caller: Mapping[str, str], home: Home, found: StackState | None
) -> dict[str, str]:
    """With a shop that runs here: a file that says who logged in to legacy's database."""
    told = environment(caller, found)
    if found is None or not running.shop_here() or "legacy" not in found.ports:
        return told
    from fig.clients.access import place  # late: they are part of the shop
    from fig.retire import sessions
    from fig.stack.addresses import database_url

    now = time.time()
    since, logins = sessions.logged(sessions.written(home.logs))
    logins += sessions.open_now(database_url(place(home, found), "postgres", "legacy"))
    path = home.folder / "run" / "seen-in-legacy.json"
    write_whole(path, sessions.document(since, logins, now))
    return {**told, SEEN: os.pathsep.join([*filter(None, [caller.get(SEEN)]), str(path)])}


retire = command(
    "retire", "Retire ROUTE, the routes of DOMAIN or --all: nothing leads back.", retire_environment
)
