"""What came of a replay: numbers per route, causes of differences, and one last line."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

from chassis.cli.tables import table
from facade.compare.evidence import written
from facade.compare.evidence.bounds import upper_bound
from facade.compare.evidence.causes import group, pairs_of
from facade.compare.evidence.clusters import Cluster, Sample
from facade.compare.evidence.evidence import Counts, Evidence
from facade.replay.asking.engine import Outcomes
from facade.replay.asking.selecting import Against
from facade.replay.judging import WITHOUT_SESSION

_MOST_CAUSES = 20
_HEAD = ("route", "asked", "same", "expected", "differ", "moved", "failed", "differ at most (95 %)")


@dataclass(frozen=True, slots=True)
class Sums:
    """Over some routes; a pair is counted once."""

    compared: int
    expected: int  # differ only where the operator said so
    mismatched: int
    raced: int
    new_failed: int  # a side gave an answer, the one that is judged did not
    not_compared: int

    @property
    def altered(self) -> int:
        """Answers that are not what they were."""
        return self.expected + self.mismatched + self.new_failed

    @property
    def answers(self) -> int:
        """Answers there is something to say about."""
        return self.compared + self.new_failed


def sums(counts: Counts) -> Sums:
    """The numbers of one route. A new side that fails alters the answer as well."""
    new_failed = sum(n for cause, n in counts.failed.items() if cause.startswith("new."))
    failed, skipped = sum(counts.failed.values()), sum(counts.skipped.values())
    not_compared = failed + skipped - new_failed
    return Sums(counts.compared, counts.tolerated, counts.mismatched, counts.raced, new_failed,
                not_compared)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """A finished replay."""

    against: Against
    outcomes: Outcomes
    evidence: Mapping[str, Evidence]

    @property
    def total(self) -> Sums:
        """Over all routes."""
        each = [astuple(sums(one.total)) for one in self.evidence.values()]
        return Sums(*map(sum, zip(*each, strict=True))) if each else Sums(0, 0, 0, 0, 0, 0)

    @property
    def good(self) -> bool:
        """Whether answers were compared, and every difference is an expected one."""
        total = self.total
        return total.compared > 0 and not total.mismatched and not total.new_failed

    @property
    def total_of_strangers(self) -> int:
        """Answers that were alike, to requests without the session they were recorded in."""
        return sum(one.total.skipped.get(WITHOUT_SESSION, 0) for one in self.evidence.values())

    @property
    def without_session(self) -> int:
        """Answers that differ and were recorded with a session."""
        kinds = (kind for one in self.evidence.values() for kind in one.classes.values())
        return sum(kind.counts.mismatched for kind in kinds if kind.input and kind.input.signed_in)

    @property
    def verdict(self) -> str:
        """The last line."""
        total = self.total
        if not total.answers:
            return "no answer was compared"
        noun = "answer" if total.answers == 1 else "answers"
        return (
            f"this change alters {total.altered:,} of {total.answers:,} {noun},"
            f" {total.expected:,} of them expected"
        )

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        total = self.total
        return {
            "ok": self.good,
            "verdict": self.verdict,
            "against": self.against.value,
            "answers": total.answers,
            "altered": total.altered,
            "expected": total.expected,
            "unexpected": total.mismatched + total.new_failed,
            "moved": total.raced,
            "not_compared": total.not_compared,
            "read": self.outcomes.read,
            "asked": self.outcomes.asked,
            "seconds": round(self.outcomes.seconds, 3),
            "left_out": self.outcomes.left_out,
            "broken": [{"file": end.name, "good": end.exchanges, "why": end.broken}
                       for end in self.outcomes.broken],
            "routes": [_route(name, one) for name, one in sorted(self.evidence.items())],
        }  # fmt: skip

    def text(self) -> str:
        """For people; the verdict comes last."""
        lines = [_table(self.evidence)] if self.evidence else []
        for name, one in sorted(self.evidence.items()):
            lines += causes(name, one)
        lines += [f"{end.name or 'input'}: {end.broken}; its first {end.exchanges} exchanges count"
                  for end in self.outcomes.broken]  # fmt: skip
        strangers = self.total_of_strangers
        if strangers:
            lines.append(
                f"{strangers:,} answers were alike and do not count: they were asked for without"
                " the session they were recorded in; --cookie NAME=VALUE lends one"
            )
        if self.against is not Against.BOTH and self.without_session:
            lines.append(
                f"{self.without_session:,} of the answers that differ were recorded in a session,"
                " which a recording does not hold; --cookie NAME=VALUE lends one"
            )
        left = ", ".join(f"{count:,} {why}" for why, count in self.outcomes.left_out.items())
        asked, seconds = self.outcomes.asked, self.outcomes.seconds
        lines.append(
            f"{self.outcomes.read:,} read, {asked:,} asked again in {seconds:.1f} s"
            + (f"; left out: {left}" if left else "")
        )
        return "\n".join([*lines, self.verdict])


def causes(route: str, evidence: Evidence) -> list[str]:
    """What differs on a route, a cause each, the most frequent first."""
    lines = []
    for members in group(evidence.clusters, evidence.total.compared)[:_MOST_CAUSES]:
        first, *others = members
        also = f" (and {len(others)} places with it)" if others else ""
        lines.append(f"{route}: {_named(first)}, {pairs_of(members):,} times{also}")
        if first.smallest is not None:
            lines += _sample(first.smallest)
    for cause, count in {**evidence.total.failed, **evidence.total.skipped}.items():
        lines.append(f"{route}: not compared: {cause}, {count:,} times")
    return lines


def _named(cluster: Cluster) -> str:
    late = " (was expected, its day is past)" if cluster.overdue else ""
    return f"{cluster.path}  {cluster.relation or cluster.kind}{late}"


def _sample(sample: Sample) -> list[str]:
    return [
        f"    {sample.request_id} {sample.method} {sample.target}",
        f"      before {sample.control['status']}: {sample.control['value']!r}",
        f"      after  {sample.candidate['status']}: {sample.candidate['value']!r}",
    ]


def _route(name: str, evidence: Evidence) -> dict[str, Any]:
    found = sums(evidence.total)
    return {
        "route": name,
        "compared": found.compared,
        "expected": found.expected,
        "differ": found.mismatched,
        "moved": found.raced,
        "failed": evidence.total.failed,
        "skipped": evidence.total.skipped,
        "upper_bound": upper_bound(found.mismatched, found.compared),
        "causes": [
            {
                "path": members[0].path,
                "kind": members[0].kind.value,
                "relation": members[0].relation,
                "count": pairs_of(members),
                "overdue": members[0].overdue,
                "places": [cluster.path for cluster in members],
                "request": _request(members[0].smallest),
            }
            for members in group(evidence.clusters, found.compared)[:_MOST_CAUSES]
        ],
    }


def _request(sample: Sample | None) -> dict[str, Any] | None:
    if sample is None:
        return None
    return {
        "entry": sample.request_id,
        "method": sample.method,
        "target": sample.target,
        "before": sample.control,
        "after": sample.candidate,
    }


def _table(evidence: Mapping[str, Evidence]) -> str:
    rows = [_row(name, one) for name, one in sorted(evidence.items())]
    return table(_HEAD, rows, right=(len(_HEAD) - 1,))


def _row(name: str, evidence: Evidence) -> tuple[str | int, ...]:
    found = sums(evidence.total)
    same = evidence.total.matched - found.expected
    bound = written.bound(upper_bound(found.mismatched, found.compared)) if found.compared else "–"
    failed = found.new_failed + found.not_compared
    asked = found.compared + found.raced + failed
    return name, asked, same, found.expected, found.mismatched, found.raced, failed, bound
