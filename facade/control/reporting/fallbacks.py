"""Routes whose new side is replaced by legacy: since when, why, and how often."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from facade.control.intake import sums
from facade.control.intake.fleet import Fleet, Identity
from facade.control.reporting.trouble import Kind, Trouble

QUIET_SECONDS = 10.0  # without a fallback, after which they have ended

_COUNTS = ("fallbacks", "declined", "diverted", "failures")


@dataclass(slots=True)
class _Going:
    last: float
    number: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


class Fallbacks:
    """Compares each worker's counts with those of the look before. Times in seconds of one clock.

    A worker's first snapshot is where its counting begins for us: it may be older than we are.
    """

    def __init__(self) -> None:
        self._before: dict[Identity, dict[str, dict[str, Any]]] = {}
        self._going: dict[str, _Going] = {}

    def look(self, fleet: Fleet, now: float) -> Iterator[Trouble]:
        """The routes that fall back now, in the words of the last look that saw some."""
        for route, grown in self._growth(fleet).items():
            if grown.get("fallbacks", 0) > 0:
                going = self._going.setdefault(route, _Going(now))
                going.last = now
                going.number += int(grown["fallbacks"])
                going.reasons.update(_reasons(grown))
        for route, going in [*self._going.items()]:
            if now - going.last > QUIET_SECONDS:
                del self._going[route]
                continue
            reason = next((one for one, _number in going.reasons.most_common(1)), "it failed")
            why = f"legacy answers in place of the new side: {reason}"
            amount = f"legacy answered {going.number:,} requests in place of the new side"
            yield Trouble(Kind.FALLBACK, f"{route}:", why, amount, QUIET_SECONDS)

    def _growth(self, fleet: Fleet) -> dict[str, Any]:
        grown: dict[str, Any] = {}
        now: dict[Identity, dict[str, dict[str, Any]]] = {}
        for identity, worker in fleet.workers.items():
            if not worker.counters:
                continue
            now[identity] = counts = {
                name: {count: route[count] for count in _COUNTS if count in route}
                for name, route in worker.routes.items()
            }
            if identity in self._before:
                sums.add(grown, sums.growth(counts, self._before[identity]))
        self._before = now
        return grown


def _reasons(grown: dict[str, Any]) -> Counter[str]:
    """Each reason with its number, of the fallbacks of one look."""
    found: Counter[str] = Counter()
    for name, number in grown.get("failures", {}).items():
        side, _, phase = name.partition(".")
        if side == "new" and number > 0:
            found[f"it failed ({phase})"] += int(number)
    for count, words in (
        ("declined", "it declined"),
        ("diverted", "its breaker is open, or it has no address"),
    ):
        if grown.get(count, 0) > 0:
            found[words] += int(grown[count])
    return found
