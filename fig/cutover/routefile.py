"""A domain as the route file says it, read and written by `python -m facade owner`."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fig.clients.passing import environment
from fig.errors import BAD_INPUT, BadSetting, FigError
from fig.supervise.state import StackState

SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class InFile:
    """`routes`: name, match, stage, new, writes, pinned of each route of the domain."""

    owner: str
    window: str
    routes: tuple[Mapping[str, Any], ...]

    @property
    def says(self) -> tuple[str, str]:
        """Owner and window; there is only one window but for the owner new."""
        return self.owner, self.window if self.owner == "new" else "open"


class RouteFile:
    """The route file of the running stack; without one, of the caller's variables."""

    def __init__(self, found: StackState | None) -> None:
        self._environment = environment(os.environ, found)

    def of(self, domain: str) -> InFile:
        """What it says. Raises FigError."""
        answer = self._call(domain)
        return InFile(answer["owner"], answer["window"], tuple(answer["routes"]))

    def write(self, domain: str, owner: str, window: str = "open") -> None:
        """Let it say this, once every worker decides by it. Raises FigError with the reason."""
        self._call(domain, owner, "--window", window)

    def _call(self, *words: str) -> dict[str, Any]:
        program = [sys.executable, "-P", "-m", "facade", "owner", *words, "--json"]
        done = subprocess.run(
            program, env=self._environment, capture_output=True, text=True, check=False,
            timeout=SECONDS, start_new_session=True,
        )  # fmt: skip  # a session of its own: Ctrl-C does not cut an edit off
        try:
            answer: dict[str, Any] = json.loads(done.stdout)
        except ValueError:
            answer = {"error": done.stderr.strip() or "the facade's command said nothing"}
        if done.returncode or not answer.get("ok"):
            kind = BadSetting if done.returncode == BAD_INPUT else FigError
            raise kind(str(answer.get("error")))
        return answer
