"""What came of a calibration."""

from dataclasses import dataclass
from typing import Any

from chassis.cli.tables import table
from facade.compare.evidence import written
from facade.compare.evidence.bounds import upper_bound

_HEAD = ("route", "pairs", "same", "differ", "moved", "failed", "noisy places")


@dataclass(frozen=True, slots=True)
class Result:
    """`found` is the admin port's last answer to `GET /api/compare`; times are seconds."""

    found: dict[str, Any]
    wanted: int
    learned_seconds: float
    seconds: float

    @property
    def compared(self) -> int:
        """Pairs that are evidence."""
        return self._sum("compared")

    @property
    def mismatched(self) -> int:
        """Pairs in which legacy seems to contradict itself."""
        return self._sum("mismatched")

    @property
    def good(self) -> bool:
        """Whether there were enough pairs, not one differs, and every route was really compared."""
        return self.compared >= self.wanted and not self.mismatched and not self.restless

    @property
    def restless(self) -> list[str]:
        """Routes that moved more often than they held still: nothing can be said of them."""
        return [one["route"] for one in self._routes if one["raced"] > one["compared"]]

    @property
    def verdict(self) -> str:
        """The last line."""
        bound = upper_bound(self.mismatched, self.compared)
        summary = (
            f"legacy against itself: {self.mismatched:,} of {self.compared:,} pairs differ"
            f" (at most {written.bound(bound)} at 95 %), {self._sum('raced'):,} moved meanwhile"
        )
        missing = self.wanted - self.compared
        return f"{summary}; {missing:,} pairs fewer than asked for" if missing > 0 else summary

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "ok": self.good,
            "verdict": self.verdict,
            "wanted": self.wanted,
            "compared": self.compared,
            "mismatched": self.mismatched,
            "raced": self._sum("raced"),
            "seconds": round(self.seconds, 1),
            "learned_seconds": round(self.learned_seconds, 1),
            "rechecks": self.found["rechecks"],
            "routes": self.found["routes"],
        }

    def text(self) -> str:
        """For people; the verdict comes last."""
        lines = [table(_HEAD, [_row(one) for one in self._routes])]
        for one in self._routes:
            lines += [_difference(one["route"], cluster) for cluster in one["clusters"]]
        if self.mismatched:
            lines.append(
                "such a place differs too seldom to be learned, or moves faster than it can be"
                " asked about again: give it a tolerance or ignore it (docs/comparison.md)"
            )
        lines += [f"{name}: moves more often than it holds still" for name in self.restless]
        return "\n".join([*lines, self.verdict])

    @property
    def _routes(self) -> list[dict[str, Any]]:
        return list(self.found["routes"])

    def _sum(self, name: str) -> int:
        return sum(int(one[name]) for one in self._routes)


def _row(one: dict[str, Any]) -> tuple[str | int, ...]:
    numbers = (one["compared"], one["matched"], one["mismatched"], one["raced"],
               sum(one["failed"].values()))  # fmt: skip
    noisy = ", ".join(place["path"] for place in one["noise"])
    return one["route"], *numbers, noisy


def _difference(route: str, cluster: dict[str, Any]) -> str:
    sample = cluster["smallest"]
    shown = f": {sample['method']} {sample['target']}" if sample else ""
    what = cluster["relation"] or cluster["kind"]
    return f"{route}: {cluster['path']}  {what}, {cluster['count']:,} times{shown}"
