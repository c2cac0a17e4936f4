"""The report of legacy's absence, and what in it must not be (pure).

Bounds are generous: they are for what grows without end, not for what is merely busy.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loadtests.chaos import access
from loadtests.chaos.watch import UNREAD, WORK, Sample, most

RAMP_SECONDS = 10  # that are shown after the return
MOST_THREADS = 8  # more than before, of a process with its children
MOST_FILES = 200
MOST_TO_LEGACY = 128  # connections: each facade worker and the orders service has a bound
MOST_TO_POSTGRES = 30
MOST_UNREAD = 300  # what callers had under way
PROBES_A_SECOND = 2.0  # that the breakers add to it: each is given up, and never read
MOST_WAITING = 256  # the orders service's own bound
# Times the busiest second that legacy had before, or after its first seconds. It cannot answer more
# than it can, so a stampede shows first of all in what it has not read, and in its connections.
STAMPEDE = 6.0
PARTS = 5  # of the absence, over which work has to be even
GROWTH = 1.5  # times the work of the second part, in the last: the first has the change in it
LEAST_WORK = {WORK[0]: 20.0, WORK[1]: 0.1}  # a second, above which growth counts
LEAST_ACCEPTED = 0.5  # times the orders of the first half, in the second
CHANCE = 2.0  # standard deviations of a count that are nobody's fault


@dataclass(frozen=True)
class Times:
    """When legacy went, when it came back, and when the customers left; unix seconds."""

    began: float
    gone: float
    back: float
    left: float

    @property
    def phases(self) -> dict[str, tuple[float, float]]:
        """Name to its bounds."""
        return {
            "before": (self.began, self.gone),
            "away": (self.gone, self.back),
            "after": (self.back, self.left),
        }


@dataclass(frozen=True)
class Report(Times):
    """`entries` of the customers' journal; `answered` by legacy, by the unix second."""

    entries: Sequence[Mapping[str, Any]]
    samples: Sequence[Sample]
    answered: Mapping[int, int]

    def outcomes(self, phase: str) -> Counter[str]:
        """How the questions of a phase were answered."""
        since, until = self.phases[phase]
        found: Counter[str] = Counter()
        for entry in self.entries:
            if since <= entry["at"] < until and entry["kind"] in ("answered", "read"):
                found[_outcome(entry)] += 1
        return found

    def ramp(self) -> tuple[list[int], list[int]]:
        """Requests that legacy answered each second: before it went, and after it came back."""
        seconds = int(self.gone - self.began)
        return (
            access.row(self.answered, self.began, seconds),
            access.row(self.answered, self.back, RAMP_SECONDS),
        )

    def objections(self) -> list[str]:
        """What must not be, a sentence each."""
        away = self.outcomes("away")
        found = []
        if not away["order accepted (202)"]:
            found.append("not one order was accepted while legacy was away")
        if not away["read, says its age"]:
            found.append("not one read said how old it is while legacy was away")
        for name, count in away.items():
            if name.startswith("order: "):
                found.append(f"{name}, {count} times while legacy was away")
        return [*found, *self._ends_early(), *self._grows(), *self._piles(), *self._stampede()]

    def _ends_early(self) -> list[str]:
        """Orders have to be accepted to the end. Few of them come by chance (Poisson)."""
        first, last = (rate * (self.back - self.gone) / 2 for rate in self.accepted(2))
        least = LEAST_ACCEPTED * first
        if last >= least - CHANCE * math.sqrt(least):
            return []
        return [f"orders accepted: {first:.0f} in the first half, {last:.0f} in the second"]

    def _grows(self) -> list[str]:
        """Work may not grow with what waits; it may with what is asked for."""
        found = []
        _, early, *_, last = self.accepted()
        more = max(1.0, last / early) if early else 1.0
        for name in WORK:
            rates = self.rates(name)
            if rates and rates[-1] > GROWTH * more * rates[1] + LEAST_WORK[name]:
                found.append(f"{name} a second: {rates[1]:.2f} early on, then {rates[-1]:.2f}")
        return found

    def parts(self, number: int = PARTS) -> list[tuple[float, float]]:
        """The absence in equal parts."""
        length = (self.back - self.gone) / number
        return [(self.gone + n * length, self.gone + (n + 1) * length) for n in range(number)]

    def accepted(self, parts: int = PARTS) -> list[float]:
        """Orders a second that were accepted, or placed, in each part of the absence."""
        times = [
            entry["at"]
            for entry in self.entries
            if entry["kind"] == "answered" and entry["status"] in (201, 202)
        ]
        return [
            sum(since <= at < until for at in times) / (until - since)
            for since, until in self.parts(parts)
        ]

    def rates(self, name: str) -> list[float]:
        """How much of this was done a second, in each part; nothing where it was not looked at."""
        found = []
        for since, until in self.parts():
            seen = [one for one in self.samples if since <= one.at < until and name in one.counts]
            if len(seen) < 2:
                return []
            first, last = seen[0], seen[-1]
            found.append((last.counts[name] - first.counts[name]) / (last.at - first.at))
        return found

    def _piles(self) -> list[str]:
        before = most(self.samples, *self.phases["before"])
        later = most(self.samples, self.gone, self.left)
        if not before or not later:
            return ["nobody looked whether anything piles up"]
        return [
            f"{name}: {before.get(name, 0):.0f} before, then up to {count:.0f}"
            for name, count in later.items()
            if name not in WORK and count > self._bound(name, before.get(name, 0.0))
        ]

    def _bound(self, name: str, before: float) -> float:
        """What a count may come to."""
        if name.startswith("sagas"):
            # Open ones stand in the database, as many as were accepted; only those in memory count.
            return MOST_WAITING if "wait" in name else float("inf")
        if name == UNREAD:
            return MOST_UNREAD + PROBES_A_SECOND * (self.back - self.gone)
        if name.endswith("threads"):
            return before + MOST_THREADS
        if name.endswith("open files"):
            # What lay in legacy's queue is accepted at once when it returns.
            return before + MOST_FILES + (self.unread if name.startswith("legacy") else 0)
        return before + (MOST_TO_LEGACY if name.endswith("legacy") else MOST_TO_POSTGRES)

    def _stampede(self) -> list[str]:
        before, after = self.ramp()
        usual = max([*before, *after[RAMP_SECONDS // 2 :]], default=0)
        first = max(after[: RAMP_SECONDS // 2], default=0)
        # Those that lay in its queue come at once, and cost it little: their callers have gone.
        if not usual or first <= STAMPEDE * usual + self.unread:
            return []
        return [
            f"a stampede: {first} requests in a second, where {usual} is the most at work and"
            f" {self.unread} lay in its queue"
        ]

    @property
    def unread(self) -> int:
        """Requests that lay in legacy's queue when it came back."""
        last = [each for each in self.samples if each.at < self.back][-1:]
        return int(last[0].counts[UNREAD]) if last else 0

    def text(self) -> str:
        kinds = {phase: self.outcomes(phase) for phase in self.phases}
        names = sorted({name for counts in kinds.values() for name in counts})
        rows = [("", *self.phases), *((n, *(str(c[n]) for c in kinds.values())) for n in names)]
        piles = {phase: most(self.samples, *bounds) for phase, bounds in self.phases.items()}
        counted = sorted({name for counts in piles.values() for name in counts} - {*WORK})
        rows += [("at most", *self.phases)]
        rows += [(n, *(f"{c.get(n, 0):.0f}" for c in piles.values())) for n in counted]
        width = max(len(row[0]) for row in rows)
        lines = [f"{row[0]:<{width}}" + "".join(f"{cell:>9}" for cell in row[1:]) for row in rows]
        parts = [("orders accepted", self.accepted()), *((n, self.rates(n)) for n in WORK)]
        lines += [
            f"{name} a second, in {PARTS} parts of the absence: {' '.join(f'{r:.2f}' for r in row)}"
            for name, row in parts
        ]
        before, after = self.ramp()
        mean = sum(before) / len(before) if before else 0.0
        lines.append(
            f"legacy answered {mean:.0f} requests a second before (at most"
            f" {max(before, default=0)}); after its return, second by second:"
            f" {' '.join(map(str, after))}; {self.unread} lay in its queue from before"
        )
        return "\n".join(lines)


def _outcome(entry: Mapping[str, Any]) -> str:
    status = entry["status"]
    if entry["kind"] == "answered":
        words = {201: "order placed (201)", 202: "order accepted (202)", 409: "order refused (409)"}
        return words.get(status, f"order: {status or 'no answer'}")
    if status != 200:
        return f"read: {status or 'no answer'}"
    return "read" if entry.get("age") is None else "read, says its age"
