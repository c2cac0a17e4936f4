"""Commands that are the facade's own: passed to it with where the running stack is."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from fig.settings import project_root
from fig.supervise.state import StackState


def environment(caller: Mapping[str, str], found: StackState | None) -> dict[str, str]:
    """What the caller set himself comes first, then what the running stack wrote down."""
    own: dict[str, str] = {}
    if caller.get("FIG_ROUTES"):
        own["FACADE_ROUTES"] = caller["FIG_ROUTES"]
    if found is not None:
        own.setdefault("FACADE_ROUTES", found.routes)
        own["FACADE_ADMIN"] = found.urls["admin"]
    own.setdefault("FACADE_ROUTES", str(project_root() / "routes.yaml"))
    return {**own, **caller}


def become(name: str, arguments: Sequence[str], given: Mapping[str, str]) -> NoReturn:
    """Replace this process by the facade's command, which says `fig` where it names itself.

    With -P: a folder called `facade` where the user stands is not ours.
    """
    program = [sys.executable, "-P", "-m", "facade", name, *arguments]
    os.execve(program[0], program, {**given, "FACADE_PROGRAM": "fig"})
