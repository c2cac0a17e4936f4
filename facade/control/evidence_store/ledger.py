"""The evidence of all routes, in memory; `journal.py` keeps it in a file."""

from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter

from facade.compare.answers import Pair
from facade.compare.evidence.evidence import Evidence
from facade.compare.verdict import Verdict

EVIDENCE: TypeAdapter[Evidence] = TypeAdapter(Evidence)


class Ledger:
    """One open window of evidence per route. `dirty` and `closed` wait to be written."""

    def __init__(self) -> None:
        self.routes: dict[str, Evidence] = {}
        self.dirty: set[str] = set()
        self.closed: list[tuple[str, float, bytes]] = []
        self.on_judged: Callable[[Pair, Verdict], None] = lambda _pair, _verdict: None

    def of(self, route: str, now: float) -> Evidence:
        """The open window of a route, opened at unix second `now` if there is none."""
        found = self.routes.get(route)
        if found is None:
            found = self.routes[route] = Evidence(route, since=now)
        self.dirty.add(route)
        return found

    def judged(self, pair: Pair, verdict: Verdict) -> None:
        """Take in a verdict."""
        self.of(pair.route, pair.started).add(pair, verdict)
        self.on_judged(pair, verdict)

    def asked(self, route: str, growth: dict[str, Any], now: float) -> None:
        """Take in how a worker's count of copies grew."""
        if not _any(growth):
            return
        asked = self.of(route, now).asked
        asked.dispatched += int(growth.get("dispatched", 0))
        asked.completed += int(growth.get("completed", 0))
        asked.failed += int(growth.get("failed", 0))
        for cause, count in growth.get("shed", {}).items():
            self.shed(route, cause, int(count), now)

    def shed(self, route: str, cause: str, count: int, now: float) -> None:
        """Count copies or pairs that were given up."""
        if count:
            shed = self.of(route, now).asked.shed
            shed[cause] = shed.get(cause, 0) + count

    def reset(self, route: str | None, now: float) -> list[str]:
        """Close the window of one route, or of all, and open new ones; returns their names."""
        names = [name for name in self.routes if route in (None, name)]
        for name in names:
            self.closed.append((name, now, EVIDENCE.dump_json(self.routes[name])))
            self.routes[name] = Evidence(name, since=now, by_reset=True)
            self.dirty.add(name)
        return names

    def latencies(self) -> dict[str, dict[str, list[int]]]:
        """A copy of the latency counts of all pairs, by route and side."""
        return {
            name: {"legacy": list(one.latency.control), "new": list(one.latency.candidate)}
            for name, one in self.routes.items()
        }

    def restore(self, content: bytes) -> None:
        """Take up a window that was written before."""
        evidence = EVIDENCE.validate_json(content)
        self.routes[evidence.route] = evidence


def _any(growth: dict[str, Any]) -> bool:
    return any(_any(value) if isinstance(value, dict) else value for value in growth.values())
