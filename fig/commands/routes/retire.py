"""`fig retire`: the last stage of routes, where nothing needed legacy for long enough."""

import os
from collections.abc import Mapping

from fig.clients import running
from fig.clients.passing import command, environment
from fig.settings import Home
from fig.supervise.state import StackState

SEEN = "FACADE_RETIRE_SEEN"


def retire_environment(
    caller: Mapping[str, str], home: Home, found: StackState | None
) -> dict[str, str]:
    """Beside a running shop: files that list which clients use legacy without the facade."""
    variables = environment(caller, found)
    if found is None or not running.shop_here() or "legacy" not in found.ports:
        return variables
    from fig.retire.files import write  # late: it is part of the shop

    paths = [*filter(None, [caller.get(SEEN)]), *write(home, found)]
    return {**variables, SEEN: os.pathsep.join(paths)}


retire = command(
    "retire", "Retire ROUTE, the routes of DOMAIN or --all: nothing leads back.", retire_environment
)
