"""What still needed legacy: the evidence that a route may be retired is that nothing did.

Absence can be claimed only of a time that was watched whole. A gap (this process started, a worker
ended without its last counts, or was not there, or we stood still) begins that time again. Time is
counted by a clock that is never set; unix seconds are for people only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from facade.control.intake import sums
from facade.control.intake.fleet import Fleet, Identity, Worker
from facade.routes.table import UNMATCHED_NAME

STANDSTILL_SECONDS: Final = 10.0  # between two looks: a worker may have come and gone unseen
MOST_NEEDS: Final = 1000  # the longest unseen are dropped first

Key = tuple[str, str]  # kind ("route", "unmatched" or "identity") and name


@dataclass(slots=True)
class Need:
    """Something that legacy was asked for. `at` in unix seconds, `seen` on the watch's own clock.

    `caller` is one of those who asked, "" where it is not known; `number` counts since we watch it.
    """

    kind: str
    name: str
    at: float
    seen: float
    number: int = 0
    caller: str = ""


class Absence:
    """Compares each worker's counts with those of the look before."""

    def __init__(self, workers: int, now: float) -> None:
        """`workers` that should be there; `now` in unix seconds."""
        self._wanted = workers
        self._before: dict[Identity, tuple[dict[str, Any], dict[Key, int]]] = {}
        # (of each worker its counters as received, and as read)
        self._looked: float | None = None
        self._began = 0.0  # on the clock of `look`
        self._whole = False  # all workers were there once
        self._needs: dict[Key, Need] = {}
        self.since = now
        self.gap = "the control process started"

    def look(self, fleet: Fleet, clock: float, now: float) -> None:
        """Take in what the workers say; `clock` in seconds of a clock that is never set."""
        gap = self._missing(fleet)
        if not self._whole:
            self._whole, gap = not gap, self.gap
        elif self._looked is not None and clock - self._looked > STANDSTILL_SECONDS:
            gap = f"the control process stood still for {clock - self._looked:.0f} s"
        self._looked = clock
        if gap:
            self.gap, self.since, self._began = gap, now, clock
        self._compare(fleet, clock, now)

    def watched(self) -> float:
        """Seconds without a gap, until the last look."""
        return 0.0 if self._looked is None else self._looked - self._began

    def needs(self) -> list[tuple[Need, float]]:
        """Each with the seconds since, the latest first."""
        until = self._looked or 0.0
        found = [(need, until - need.seen) for need in self._needs.values()]
        return sorted(found, key=lambda one: (one[1], one[0].kind, one[0].name))

    def _missing(self, fleet: Fleet) -> str:
        """Why the counts of now are not all there are; "" if they are."""
        for identity in self._before:
            worker = fleet.workers.get(identity)
            if worker is None or not (worker.alive or worker.draining):
                return f"worker {identity[0]} ended before its last counts came"
        here = [worker for worker in fleet.living() if worker.counters and not worker.draining]
        if len(here) < self._wanted:
            return f"{len(here)} of {self._wanted} workers have sent their counts"
        return ""

    def _compare(self, fleet: Fleet, clock: float, now: float) -> None:
        before, self._before = self._before, {}
        for identity, worker in fleet.workers.items():
            received, counts = before.get(identity, ({}, {}))
            if worker.counters is received or not worker.counters:
                found = counts
            elif worker.alive or identity in before:
                found = {key: number for key, number, _caller in _asked(worker)}
                for key, number, caller in _asked(worker):
                    grown = number - counts.get(key, 0)
                    if grown > 0 or caller:
                        self._saw(key, max(grown, 0), caller, clock, now)
            if worker.alive and worker.counters:
                self._before[identity] = (worker.counters, found)
        for key in sorted(self._needs, key=lambda key: self._needs[key].seen)[:-MOST_NEEDS]:
            del self._needs[key]

    def _saw(self, key: Key, number: int, caller: str, clock: float, now: float) -> None:
        need = self._needs.setdefault(key, Need(*key, now, clock))
        need.at, need.seen = now, clock
        need.number += number
        need.caller = caller or need.caller


def _asked(worker: Worker) -> Iterator[tuple[Key, int, str]]:
    """What a worker asked legacy for since its start, how often, and for which client last."""
    for name, counts in worker.routes.items():
        if name != UNMATCHED_NAME:
            yield ("route", name), _of_legacy(counts), str(counts.get("caller") or "")
    for name, counts in _objects(worker.counters.get("unmatched")):
        yield ("unmatched", name), _of_legacy(counts), str(counts.get("caller") or "")
    for name, counts in _objects(worker.counters.get("identity")):
        yield ("identity", name), int(counts.get("asked", 0)), ""


def _objects(found: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, counts in (found or {}).items():
        if isinstance(counts, dict):
            yield name, counts


def _of_legacy(counts: dict[str, Any]) -> int:
    """Whole answers of legacy and its failures, those of testers too."""
    total: dict[str, Any] = {}
    for part in (counts, counts.get("testers") or {}):
        answers = (part.get("status") or {}).get("legacy") or {}
        failures = part.get("failures") or {}
        own = {name: n for name, n in failures.items() if name.startswith("legacy.")}
        sums.add(total, {"answers": answers, "failures": own})
    return sum(sum(part.values()) for part in total.values())
