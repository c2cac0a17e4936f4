"""What went wrong in a run, and whom it hit (pure): a fault that hit nobody tried nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chassis.cli.tables import table

SLOW_SECONDS = 1.0
HEAD = ("fault", "times", "hit somebody", "hits", "of", "troubled answers meanwhile")
FELT_SECONDS = 5.0  # after something at one moment, such as a kill


@dataclass(frozen=True)
class Struck:
    """One fault, from when to when (unix seconds), and how many it hit: `of` says of what."""

    kind: str
    began: float
    ended: float
    hits: int
    of: str


# A fault that came fewer times than this and hit nobody may have done so by chance.
BY_CHANCE = 3


@dataclass
class Report:
    """Filled by several threads."""

    faults: list[Struck] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, struck: Struck) -> None:
        with self._lock:
            self.faults.append(struck)

    def kinds(self) -> dict[str, list[Struck]]:
        """By kind, in the order they first came."""
        found: dict[str, list[Struck]] = {}
        for struck in sorted(self.faults, key=lambda one: one.began):
            found.setdefault(struck.kind, []).append(struck)
        return found

    def objections(self) -> list[str]:
        """Kinds that came often enough and hit nobody, a sentence each."""
        return [
            f"{kind}: it came {len(times)} times and hit nobody ({times[0].of})"
            for kind, times in self.kinds().items()
            if len(times) >= BY_CHANCE and not sum(one.hits for one in times)
        ]

    def text(self, entries: Sequence[Mapping[str, Any]]) -> str:
        """A table, with what the customers' journal has of the same times."""
        rows = []
        for kind, times in self.kinds().items():
            hits = sum(one.hits for one in times)
            hit = sum(one.hits > 0 for one in times)
            felt = len(troubled(entries, times))
            rows.append((kind, len(times), hit, hits, times[0].of, felt))
        return table(HEAD, rows)


def troubled(
    entries: Sequence[Mapping[str, Any]], times: Iterable[Struck]
) -> Sequence[Mapping[str, Any]]:
    """Answers to customers that came late, or not, or were errors, or "pending", while a fault
    lasted. Others may have lasted at the same time: this shows that it was felt, not by whom."""
    spans = [(one.began, max(one.ended, one.began + FELT_SECONDS)) for one in times]
    return [
        entry
        for entry in entries
        if _is_trouble(entry)
        and any(
            since <= entry["at"] and entry["at"] - entry["took"] < until for since, until in spans
        )
    ]


def _is_trouble(entry: Mapping[str, Any]) -> bool:
    if "took" not in entry:
        return False
    status = entry["status"]
    return entry["took"] > SLOW_SECONDS or status in (0, 202) or status >= 500
