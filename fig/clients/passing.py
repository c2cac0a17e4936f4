"""Commands that another program carries out: the facade's own, and modules of the shop."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from fig.errors import BadSetting, last_line
from fig.settings import project_root
from fig.supervise.state import StackState

SECONDS = 30.0  # for a command to answer


def environment(caller: Mapping[str, str], found: StackState | None) -> dict[str, str]:
    """The caller's variables, completed by the running stack's route file and admin port."""
    own: dict[str, str] = {}
    if caller.get("FIG_ROUTES"):
        own["FACADE_ROUTES"] = caller["FIG_ROUTES"]
    if found is not None:
        own.setdefault("FACADE_ROUTES", found.routes)
        own["FACADE_ADMIN"] = found.urls["admin"]
    own.setdefault("FACADE_ROUTES", str(project_root() / "routes.yaml"))
    return {**own, **caller}


def run_instead(module: str, arguments: Sequence[str], variables: Mapping[str, str]) -> NoReturn:
    """Replace this process by `python -m MODULE …` in the project's folder, with these variables
    and no others."""
    program = [sys.executable, "-m", module, *arguments]
    os.chdir(project_root())
    os.execve(program[0], program, variables)


def locustfile() -> str:
    """The path of the load test. Raises BadSetting where it or Locust is missing."""
    script = project_root() / "loadtests" / "locustfile.py"
    if importlib.util.find_spec("locust") is None or not script.exists():
        raise BadSetting("Locust or loadtests/ is missing; run `make install` in the project")
    return str(script)


def become(name: str, arguments: Sequence[str], given: Mapping[str, str]) -> NoReturn:
    """Replace this process by the facade's command, which calls itself `fig` in its messages.

    With -P, so that a folder called `facade` in the current folder is not imported.
    """
    program = [sys.executable, "-P", "-m", "facade", name, *arguments]
    os.execve(program[0], program, {**given, "FACADE_PROGRAM": "fig"})


def ask(words: Sequence[str], found: StackState | None) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON document of the facade's command WORDS, for the running stack, if any.

    The document is `{"error": words}` where the command printed none.
    """
    program = [sys.executable, "-P", "-m", "facade", *words, "--json"]
    done = subprocess.run(
        program, env=environment(os.environ, found), capture_output=True, text=True, check=False,
        timeout=SECONDS, start_new_session=True,
    )  # fmt: skip  # a session of its own: Ctrl-C does not cut an edit off
    try:
        document: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        document = {"error": last_line(done.stderr) or "the facade's command printed nothing"}
    return done.returncode, document
