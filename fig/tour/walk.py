"""Runs patterns against a stack: routes where they must be, the commands, everything put back."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from fig.tour.pattern import Pattern, Step

WHY = "the tour of the patterns"
_ORDER = re.compile(r"\bSO-\d{4}-\d+")
_SAGA = re.compile(r"^saga (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Done:
    """What came of a command."""

    code: int
    output: str


class Started(Protocol):
    """A command that goes on."""

    def wait(self) -> Done:
        """Its end."""


class Fig(Protocol):
    """Calls `fig`, and knows where the routes stand."""

    def start(self, words: str) -> Started:
        """Begin a command."""

    def stages(self) -> Mapping[str, str]:
        """Each route's stage with its share: `canary 25`."""

    def frozen(self) -> bool:
        """Whether automatic moves are stopped."""


@dataclass(frozen=True)
class Shown:
    """A step, with what came of it."""

    part: str  # watch or break
    step: Step
    done: Done
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether it ended and showed what it should."""
        found = re.search(self.step.shows, self.done.output)
        return self.step.code in (None, self.done.code) and found is not None


def _parts(one: Pattern) -> list[tuple[str, Step]]:
    return [*(("watch", step) for step in one.watch), *(("break", step) for step in one.broken)]


@dataclass
class Walk:
    """One tour. `see` gets each step as it ends."""

    fig: Fig
    see: Callable[[Shown], None] = lambda _: None
    _before: dict[str, str] = field(default_factory=dict)
    _thawed: bool = False
    _known: dict[str, str] = field(default_factory=dict)  # ORDER, SAGA

    def pattern(self, one: Pattern) -> list[Shown]:
        """Its steps up to the first that does not show what it should."""
        self._freeze()
        shown: list[Shown] = []
        behind: list[tuple[Step, Started, float]] = []
        try:
            self._move(one.stages)
            for part, planned in _parts(one):
                step, began = self._filled(planned), time.monotonic()
                if step.behind:
                    behind.append((step, self.fig.start(step.words), began))
                    continue
                result = self._ended(part, step, self.fig.start(step.words).wait(), began)
                shown.append(result)
                if not result.ok:
                    break
        finally:
            for step, started, began in behind:
                shown.append(self._ended("break", step, started.wait(), began))
            if not all(one.ok for one in shown):
                self._run(one.off)
        return shown

    def put_back(self) -> None:
        """Routes and the freeze as they were."""
        self._move(self._before, remember=False)
        if self._thawed:
            self._run(["freeze --off"])
            self._thawed = False

    def _freeze(self) -> None:
        """A guard would move a route in the middle of a pattern that breaks its new side."""
        if not self._thawed and not self.fig.frozen():
            self._run([f"freeze --why '{WHY}'"])
            self._thawed = True

    def _move(self, wanted: Mapping[str, str], *, remember: bool = True) -> None:
        now = self.fig.stages()
        by_stage: dict[str, list[str]] = {}
        for route, stage in wanted.items():
            if remember:
                self._before.setdefault(route, now[route])
            if now[route] != stage:
                by_stage.setdefault(stage, []).append(route)
        for stage, routes in by_stage.items():
            self._run([f"flip {','.join(routes)} {stage} --walk --force '{WHY}'"])

    def _run(self, commands: Iterable[str]) -> None:
        for words in commands:
            self.fig.start(words).wait()

    def _filled(self, step: Step) -> Step:
        words, shows = step.words, step.shows
        for name, text in self._known.items():
            words, shows = words.replace(name, text), shows.replace(name, text)
        return Step(words, shows, step.code, step.behind)

    def _ended(self, part: str, step: Step, done: Done, began: float) -> Shown:
        if step.words.startswith("order"):
            for name, pattern in (("ORDER", _ORDER), ("SAGA", _SAGA)):
                if found := pattern.search(done.output):
                    self._known[name] = found[found.re.groups]
        result = Shown(part, step, done, round(time.monotonic() - began, 2))
        self.see(result)
        return result
