"""`fig cutover orders`, there and back, as an operator calls it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loadtests.chaos.running import say
from loadtests.chaos.stack import ChaosFailed, Stack

BOUND = ("--bound", "100%")  # nothing was compared before the run
PAUSE_SECONDS = 2.0  # between two moves
TRIES = 3  # of one move: a check may say no, as a verification does that found something under way


@dataclass(frozen=True)
class Moved:
    """One call of the command, from when to when (unix seconds). `report` is its JSON document."""

    toward: str
    began: float
    ended: float
    code: int
    report: Mapping[str, Any] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether the domain has this owner now."""
        return self.code == 0 and self.report.get("owner") == self.toward

    @property
    def move(self) -> Mapping[str, Any]:
        """The attempt; empty where none was begun."""
        moves = self.report.get("moves") or [{}]
        return dict(moves[-1])

    @property
    def line(self) -> str:
        if not self.good:
            against = [
                f"{one['check']}: {one['words']}"
                for one in self.report.get("checks") or ()
                if one["ok"] is False
            ]
            said = "; ".join(against) or self.move.get("words") or self.report.get("error")
            return f"to {self.toward}: did not come about: {said}"
        steps = ", ".join(f"{one['step']} {_ms(one['seconds'])}" for one in self.move["steps"])
        waits = self.move["waits"]
        waited = f"{waits['count']} waited" + (
            f": p50 {_ms(waits['p50'])}, worst {_ms(waits['worst'])} ms" if waits["count"] else ""
        )
        return f"to {self.toward}: {steps} ms; {waited}; {self.move['failed']} failed"


def there_and_back(stack: Stack, count: int) -> list[Moved]:
    """So many moves that come about, and those that did not. Raises ChaosFailed where one never
    does."""
    found: list[Moved] = []
    for number in range(count):
        toward = "legacy" if number % 2 else "new"
        for _ in range(TRIES):
            found.append(moved(stack, toward))
            say(found[-1].line)
            time.sleep(PAUSE_SECONDS)
            if found[-1].good:
                break
        else:
            raise ChaosFailed(f"the orders do not come to {toward}: {found[-1].line}")
    return found


def moved(stack: Stack, toward: str, domain: str = "orders") -> Moved:
    began = time.time()
    back = ("--back",) if toward == "legacy" else BOUND
    done = stack.fig("cutover", domain, "--json", *back)
    try:
        report = json.loads(done.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        report = {"error": (done.stderr or done.stdout).strip()}
    return Moved(toward, began, time.time(), done.returncode, report)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f}"
