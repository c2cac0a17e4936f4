"""A domain as the route file says it, read and written by `python -m facade owner`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fig.clients.passing import ask
from fig.errors import BAD_INPUT, BadSetting, FigError
from fig.supervise.state import StackState


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
        self._found = found

    def of(self, domain: str) -> InFile:
        """What it says. Raises FigError."""
        answer = self._call(domain)
        return InFile(answer["owner"], answer["window"], tuple(answer["routes"]))

    def write(self, domain: str, owner: str, window: str = "open") -> None:
        """Let it say this, once every worker decides by it. Raises FigError with the reason."""
        self._call(domain, owner, "--window", window)

    def _call(self, *words: str) -> dict[str, Any]:
        code, answer = ask(["owner", *words], self._found)
        if code or not answer.get("ok"):
            kind = BadSetting if code == BAD_INPUT else FigError
            raise kind(str(answer.get("error")))
        return answer
