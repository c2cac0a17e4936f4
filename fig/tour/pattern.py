"""What a pattern of the tour is: a sentence, commands to watch it, commands that break it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

NEW, LEGACY = "new", "legacy"
GOODS = {"product-detail": NEW}
ORDERS = dict.fromkeys(("place-order", "cancel-order", "order-list", "order-detail", "stock"), NEW)


@dataclass(frozen=True)
class Step:
    """One `fig` command. ORDER and SAGA in it stand for those of the last `fig order`."""

    words: str  # without `fig`
    shows: str  # a regular expression; found in what it prints
    code: int | None = 0  # None: either, it depends on what else the stack has seen
    behind: bool = False  # it goes on while the next ones run

    @property
    def line(self) -> str:
        return f"fig {self.words}{' &' if self.behind else ''}"


@dataclass(frozen=True)
class Pattern:
    """One of the ten."""

    name: str
    title: str
    problem: str  # in one sentence
    watch: Sequence[Step]
    broken: Sequence[Step]
    stages: Mapping[str, str] = field(default_factory=dict)  # route -> where it must be
    off: Sequence[str] = ()  # commands that undo what a failed step may have left


def down(name: str, seconds: int) -> Step:
    """A process is away for a while."""
    return Step(f"restart {name} --pause {seconds}", f"{name} is ready", behind=True)


def gone(name: str, path: str = "/readyz") -> Step:
    """Nothing listens on its port any more."""
    return Step(f"get {path} --from {name} --until failed", "no answer")
