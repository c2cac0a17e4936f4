"""One process of the stack, as data; everything the supervisor knows about it."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol


class Kind(Enum):
    """Whether ending is the goal."""

    SERVICE = "service"  # runs until stopped; started again when it dies
    ONESHOT = "oneshot"  # is done when it ends with exit code 0


class Probe(Protocol):
    """Proof that a process can do its work."""

    async def check(self, pid: int) -> bool:
        """True once it can; False for every reason why not yet. Bounded to a second or so."""


_READY_SECONDS = 30.0
# A oneshot works while it runs. Killed, it would have to start over; this ends one that hangs.
_DONE_SECONDS = 600.0


@dataclass(frozen=True)
class Process:
    """Times in seconds. `ready` is None for a oneshot: its exit proves it."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    ready: Probe | None = None
    ports: tuple[str, ...] = ()  # names from the port plan
    files: Mapping[str, str] = field(default_factory=dict)  # path: what is written before it starts
    stop: signal.Signals = signal.SIGTERM
    grace: float = 12.0  # between asking it to end and killing it
    patience: float | None = None  # for it to become ready or, a oneshot, done; None: see `limit`
    # variable: the command that is run where this variable is set
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # `PYTHON -m MODULE …` that uses the libraries of fig.supervise.forkserver, and may be forked
    forked: bool = False

    def command_with(self, extra: Mapping[str, str]) -> tuple[str, ...]:
        """What is run when these variables are added to its environment."""
        others = (words for name, words in self.instead.items() if extra.get(name))
        return next(others, self.command)

    def forked_with(self, extra: Mapping[str, str]) -> bool:
        """Whether it may be forked with these variables added. Those that are not its own may speak
        to the interpreter or to a library, which read them when they start."""
        own = {name.partition("_")[0] for name in self.env} | {"FIG"}
        return self.forked and all(name.partition("_")[0] in own for name in extra)

    @property
    def limit(self) -> float:
        """Seconds until it is given up."""
        usual = _READY_SECONDS if self.kind is Kind.SERVICE else _DONE_SECONDS
        return usual if self.patience is None else self.patience

    @property
    def kind(self) -> Kind:
        """A process without a proof of readiness is one that ends."""
        return Kind.ONESHOT if self.ready is None else Kind.SERVICE
