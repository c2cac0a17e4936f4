"""Processes, a clock and proofs that exist only in memory: what the supervisor does, in no time."""

import asyncio
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fig.supervise.keeper import Clock
from fig.supervise.process import Process


class FakeTime:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @property
    def clock(self) -> Clock:
        """What the supervisor is given."""
        return Clock(now=self.now, unix=self.now, sleep=self.sleep)

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


@dataclass
class FakeProbe:
    """Ready from the n-th question on; 0: never."""

    after: int = 1
    asked: int = 0

    async def check(self, _pid: int) -> bool:
        self.asked += 1
        return bool(self.after) and self.asked >= self.after


@dataclass
class FakeChild:
    """Ends when told to, unless it is deaf; then only by force."""

    name: str
    pid: int
    journal: list[str]
    deaf: bool = False
    exit: "asyncio.Future[int]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    async def wait(self) -> int:
        return await asyncio.shield(self.exit)

    def send(self, number: signal.Signals) -> None:
        if self.exit.done():
            return
        self.journal.append(f"{number.name} {self.name}")
        if not self.deaf:
            self.end(-number)

    def sweep(self) -> None:
        if not self.exit.done():
            self.journal.append(f"SIGKILL {self.name}")
            self.end(-signal.SIGKILL)

    def end(self, code: int) -> None:
        """It ends by itself."""
        if not self.exit.done():
            self.exit.set_result(code)


class FakeLauncher:
    """Writes down what it starts; `exits` says with which code the n-th start ends at once."""

    def __init__(self, exits: Mapping[str, Sequence[int | None]] | None = None) -> None:
        self.journal: list[str] = []
        self.environments: dict[str, dict[str, str]] = {}
        self.children: dict[str, FakeChild] = {}
        self.deaf: set[str] = set()
        self._exits = {name: list(codes) for name, codes in (exits or {}).items()}

    async def launch(self, process: Process, extra: Mapping[str, str]) -> FakeChild:
        self.journal.append(f"start {process.name}")
        self.environments[process.name] = {**process.env, **extra}
        child = FakeChild(process.name, 100 + len(self.journal), self.journal)
        child.deaf = process.name in self.deaf
        self.children[process.name] = child
        codes = self._exits.get(process.name, [])
        code = codes.pop(0) if codes else (0 if process.ready is None else None)
        if code is not None:
            child.end(code)
        return child
