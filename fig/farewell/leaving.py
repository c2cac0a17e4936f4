"""The steps outside the database: the route file, the processes, the journal."""

import getpass
import socket
import time
from pathlib import Path
from typing import Any

from fig.clients import admin
from fig.clients.passing import ask
from fig.errors import FigError
from fig.settings import Home
from fig.stack import ended
from fig.stack.ended import Ended
from fig.supervise.spool import Relist, Spool
from fig.supervise.state import StackState


def detach(found: StackState, *words: str) -> dict[str, Any]:
    """What `python -m facade detach` answers: `ok`, and `objections` where it was refused.

    Raises FigError where it failed in another way.
    """
    _, answer = ask(["detach", *words], found)
    if not answer.get("ok") and not answer.get("objections"):
        raise FigError(str(answer.get("error")))
    return answer


def without_legacy(found: StackState) -> bool:
    """Take it out of the route file; whether it was there. Raises FigError."""
    answer = detach(found)
    if not answer["ok"]:
        words = "; ".join(str(one["words"]) for one in answer["objections"])
        raise FigError(f"the route file needs legacy: {words}")
    return bool(answer["changed"])


def stop(home: Home, found: StackState, archive: Path) -> list[str]:
    """Write down that the stack has no monolith, and end what goes with it; the names of what
    ended. Raises FigError."""
    if ended.read(home) is None:
        ended.write(home, Ended(time.time(), "farewell", str(archive)))
    answer = Spool(home.spool).ask(Relist(), alive=lambda: found.alive)
    if not answer.ok:
        raise FigError(f"{answer.message}; then `fig farewell` goes on")
    return [name for name in answer.message.split(", ") if name]


def enter(found: StackState, why: str) -> None:
    """Into the facade's journal, once for each reason. Raises FigError."""
    source = f"fig farewell on {socket.gethostname()}"
    answer = admin.post(
        found.urls["admin"], "/api/farewell", who=_user(), why=why, source=source
    )  # fmt: skip
    if not answer["entered"]:
        raise FigError("the facade's journal cannot be written, see `fig status`; then"
                       " `fig farewell` goes on")  # fmt: skip


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
