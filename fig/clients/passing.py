"""Commands that are the facade's own: passed to it with where the running stack is."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from fig.settings import project_root
from fig.supervise.state import StackState

SECONDS = 30.0  # for a command that is asked


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


def ask(words: Sequence[str], found: StackState | None) -> tuple[int, dict[str, Any]]:
    """Exit code and document of the facade's command WORDS, beside the stack that runs, if any.

    The document is `{"error": words}` where it gave none.
    """
    program = [sys.executable, "-P", "-m", "facade", *words, "--json"]
    done = subprocess.run(
        program, env=environment(os.environ, found), capture_output=True, text=True, check=False,
        timeout=SECONDS, start_new_session=True,
    )  # fmt: skip  # a session of its own: Ctrl-C does not cut an edit off
    try:
        document: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        said = done.stderr.strip().splitlines()
        document = {"error": said[-1] if said else "the facade's command said nothing"}
    return done.returncode, document
