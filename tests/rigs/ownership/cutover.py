"""An owning service, a route file and their parts for tests of `fig cutover`; no process runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fig.clients.services import ServiceAway
from fig.cutover.owning import Standing, read
from fig.cutover.routefile import InFile
from fig.errors import FigError


def standing(**more: Any) -> Standing:
    """A domain at rest with legacy, but for what is said."""
    usual = {
        "owner": "legacy", "epoch": 1, "window": "closed", "phase": "settled", "operator": "",
        "words": "", "steps": [], "waits": {"count": 0}, "rogues": [],
        "reverse": {"ready": True, "pending": 0, "lag": 0.0, "trouble": ""},
        "fence": {"owner": "legacy", "attempt": 0, "trouble": ""},
    }  # fmt: skip
    return read(usual | more)


@dataclass
class FakeOwning:
    """Moves at once, unless `fails` says why it does not; `refuses` is said to an order."""

    now: Standing = field(default_factory=standing)
    fails: str = ""
    refuses: str = ""
    domain: str = "goods"
    ordered: list[str] = field(default_factory=list)
    late: dict[str, Any] = field(default_factory=dict)  # of the waits, noted after the end
    killed: bool = False  # the command is, while it waits
    away: bool = False  # no answer comes to an order
    arrives: bool = False  # it was begun all the same
    withdrawn: int = 0

    def standing(self) -> Standing:
        return self.now

    def begin(self, toward: str, operator: str) -> Standing:
        if self.refuses:
            raise FigError(self.refuses)
        if self.away and not self.arrives:
            raise ServiceAway("no answer")
        self.ordered.append(toward)
        order = {"phase": "moving", "operator": operator, "toward": toward}
        self.now = read(dict(self.now.raw) | order)
        if self.away:
            raise ServiceAway("no answer")
        return self.now

    def withdraw(self) -> Standing:
        self.withdrawn += 1
        return self.now

    def until_settled(self, seen: Callable[[Standing], None]) -> Standing:
        seen(self.now)
        if self.killed:
            raise KeyboardInterrupt
        raw = dict(self.now.raw) | {"phase": "settled", "words": self.fails}
        if not self.fails and "toward" in raw:
            raw |= {"owner": raw["toward"], "epoch": raw["epoch"] + 1,
                    "window": "open" if raw["toward"] == "new" else "closed",
                    "steps": [{"step": "fence", "seconds": 0.01}],
                    "waits": {"count": 3, "p50": 0.1, "p99": 0.2, "worst": 0.3}}  # fmt: skip
        self.now = read(raw)
        seen(self.now)
        ended = self.now
        self.now = read(dict(raw) | {"waits": raw["waits"] | self.late})
        return ended

    def close(self) -> Standing:
        self.now = read(dict(self.now.raw) | {"window": "closed"})
        return self.now


# One edit after the other, as the facade takes them.
STEPS = {("legacy", "moving"), ("moving", "legacy"), ("moving", "new"), ("new", "moving")}


@dataclass
class FakeFile:
    """A route file that takes no jump."""

    owner: str = "legacy"
    window: str = "open"
    routes: tuple[dict[str, Any], ...] = ()
    edits: list[str] = field(default_factory=list)

    def of(self, _domain: str) -> InFile:
        return InFile(self.owner, self.window, self.routes)

    def write(self, _domain: str, owner: str, window: str = "open") -> None:
        if owner != self.owner and (self.owner, owner) not in STEPS:
            raise FigError(f"no step from {self.owner} to {owner}")
        if window == "closed" and self.owner != "new":
            raise FigError("the window is closed in a step of its own")
        self.owner, self.window = owner, window
        self.edits.append(owner if window == "open" else f"{owner} {window}")
