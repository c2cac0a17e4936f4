"""Whether the shop of a data folder has a monolith, for commands that need one."""

import time

from fig.clients import running
from fig.errors import FigError
from fig.settings import Home


def gone(home: Home) -> str:
    """Why the shop has no monolith; empty where it has one, or where the shop is not installed.

    Raises BadSetting where the folder's record cannot be read.
    """
    if not running.shop_here():
        return ""
    from fig.stack.ended import read  # late: it is part of the shop

    said = read(home)
    if said is None:
        return ""
    if said.how != "farewell":
        return f"the shop in {home.folder} never had a monolith"
    since = time.strftime("%Y-%m-%d %H:%M", time.localtime(said.at))
    return (
        f"the shop in {home.folder} has no monolith any more: it ended at {since}"
        f" (archive: {said.archive})"
    )


def needed(home: Home, so: str) -> None:
    """Raises FigError where there is no monolith; `so` says what follows from that."""
    if words := gone(home):
        raise FigError(f"{words}; {so}")
