"""One move of a domain: the file says moving, the service moves it, the file says whose it is."""

import os
import socket
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from fig.clients import admin
from fig.clients.services import ServiceAway
from fig.cutover.mending import File, mend
from fig.cutover.owning import OwningService, Standing
from fig.errors import FigError


@dataclass(frozen=True, slots=True)
class Move:
    """What came of one. `failed`: requests of the domain's writing routes that failed meanwhile;
    `seconds`: from the order to the end, of which writes waited a part."""

    toward: str
    good: bool
    words: str
    steps: tuple[tuple[str, float], ...]
    waits: Mapping[str, Any]
    failed: int
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """For programs; seconds everywhere."""
        return {
            "toward": self.toward, "ok": self.good, "words": self.words, "failed": self.failed,
            "steps": [{"step": name, "seconds": took} for name, took in self.steps],
            "waits": dict(self.waits), "seconds": round(self.seconds, 3),
        }  # fmt: skip


class Moves(Protocol):
    """What moves a domain; see Mover."""

    def move(self, toward: str) -> Move:
        """Move it."""


@dataclass(frozen=True, slots=True)
class Mover:
    """Of one domain, in front of one facade (`admin`: its admin port)."""

    owning: OwningService
    file: File
    admin: str
    say: Callable[[str], None]

    def move(self, toward: str) -> Move:
        """Move the domain. Raises FigError where it was not begun; the file is as it was then."""
        domain = self.owning.domain
        writing = [one["name"] for one in self.file.of(domain).routes if one["writes"]]
        before, began = self._failed(writing), time.monotonic()
        self.file.write(domain, "moving")
        ordered = self._ordered(toward)
        seen = _Seen(self.say)
        try:
            ended = self.owning.until_settled(seen)
        except KeyboardInterrupt:
            self.say(f"the service ends this by itself; then `fig cutover {domain}` mends the file")
            raise
        took = time.monotonic() - began
        mend(domain, ended, self.file)
        words = ended.words
        if ended.operator != ordered.operator:
            words = f"another attempt, of {ended.operator}, came after it; {words}"
        done = Move(
            toward, ended.owner == toward, words or f"{domain} is owned by {ended.owner}",
            _steps(ended), self._waits(ended), self._failed(writing) - before, took,
        )  # fmt: skip
        self._report(done, ordered.operator)
        return done

    def _ordered(self, toward: str) -> Standing:
        """Order it. Where no answer came, the order may still be on its way, to a service that
        stands still: the file may say another owner once it can begin nothing any more."""
        name = operator()
        try:
            return self.owning.begin(toward, name)
        except ServiceAway:
            now = self.owning.withdraw()
            if now.operator == name:
                return now
            mend(self.owning.domain, now, self.file)
            raise
        except FigError:
            mend(self.owning.domain, self.owning.standing(), self.file)
            raise

    def _report(self, done: Move, name: str) -> None:
        """Report the outcome to the facade, for its dashboard."""
        try:
            admin.post(
                self.admin, "/api/domains/attempt", domain=self.owning.domain, toward=done.toward,
                who=name, words=done.words, good=str(done.good).lower(),
            )  # fmt: skip
        except FigError as error:
            self.say(f"the dashboard could not be informed: {error}")

    def _waits(self, ended: Standing) -> Mapping[str, Any]:
        """Asked once more: a write counts as one that waited only after it has continued."""
        try:
            later = self.owning.standing()
        except FigError:
            later = ended
        return (later if later.operator == ended.operator else ended).raw.get("waits") or {}

    def _failed(self, names: Collection[str]) -> int:
        """Requests of these routes without an answer, or with a 5xx, since the facade started."""
        routes = admin.get(self.admin, "/api/status")["routes"]
        return sum(
            sum(one["failures"].values())
            + sum(by_class.get("5xx", 0) for by_class in one["status"].values())
            for one in routes
            if one["name"] in names
        )


class _Seen:
    """Says each step once, when it is done."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say, self._said = say, 0

    def __call__(self, now: Standing) -> None:
        for name, took in _steps(now)[self._said :]:
            self._said += 1
            self._say(f"  {name:<10} {took * 1000:7,.0f} ms")


def _steps(standing: Standing) -> tuple[tuple[str, float], ...]:
    return tuple((one["step"], float(one["seconds"])) for one in standing.raw.get("steps") or ())


def operator() -> str:
    """The name of one attempt: who, where, when."""
    who = os.environ.get("FIG_WHO") or os.environ.get("USER") or Path.home().name or "somebody"
    return f"{who}@{socket.gethostname()} {time.strftime('%Y-%m-%d %H:%M:%S')} {os.getpid()}"
