"""Whether the evidence allows giving the new side more requests. Pure.

What is judged is `GET /api/compare` and `GET /api/status` of the running facade, and the expected
differences of the route file. A route whose requests are asked on both sides needs pairs: so many
that, however often one looks, at most the share in `promote` of the answers can be wrong. A pair
that could not be judged, that differs and waits for legacy's second answer, or to which the new
side gave no answer, counts as a wrong one.

A route that only writes has no pairs: it is judged by the errors of its new side, and its data by
`fig verify`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from facade.compare.evidence.bounds import (
    CONFIDENCE,
    anytime_pairs_needed,
    anytime_upper_bound,
)
from facade.compare.evidence.sequential import refuted
from facade.compare.rules import is_overdue
from facade.routes.config.routefile import FULL, FacadeOptions, RouteConfig, RouteFile
from facade.routes.stages import ORDER, Stage

CANARY, NEW = 0.05, 0.01  # of the answers may be wrong, where the route file says nothing
_READS = frozenset({"GET", "HEAD", "OPTIONS", "*"})
_MOST_CAUSES = 3
_DECLINED = "new.declined"  # a read model that was behind: legacy answers in its place
LEAST_DECLINED: Final = 10  # copies: fewer say nothing of a route


@dataclass(frozen=True, slots=True)
class Known:
    """What the running facade knows of a route: its parts of `/api/compare` and `/api/status`."""

    compared: Mapping[str, Any]
    counted: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Proof:
    """How far the pairs of a route prove that at most `limit` of its answers are wrong."""

    limit: float
    pairs: int
    wrong: int  # they differ, could not be judged or not yet, or the new side gave no answer

    @property
    def bound(self) -> float:
        """The share of wrong answers is below this with 95 %, however often one looks."""
        return anytime_upper_bound(self.wrong, self.pairs)

    @property
    def reached(self) -> bool:
        """Whether nothing is missing."""
        return self.bound <= self.limit

    @property
    def missing(self) -> int | None:
        """Pairs still to come without a wrong one; None: more of them will not help."""
        if self.reached:
            return 0
        if self.pairs and self.wrong / self.pairs >= self.limit:
            return None
        return anytime_pairs_needed(self.wrong, self.limit) - self.pairs


def mostly_declined(declined: int, compared: int) -> bool:
    """Whether the new side's read model was behind for most copies: those that it answered say too
    little of what clients would be answered."""
    return declined >= LEAST_DECLINED and declined > compared


def promotes(before: RouteConfig, stage: Stage, percent: int | None) -> bool:
    """Whether the step gives the new side more requests to answer."""
    if ORDER.index(stage) < ORDER.index(Stage.CANARY):
        return False
    if stage is Stage.CANARY and before.stage is Stage.CANARY:
        return percent is not None and percent > (before.percent or 0)
    return ORDER.index(stage) > ORDER.index(before.stage)


def limit_of(route: RouteConfig, options: FacadeOptions, stage: Stage) -> float:
    """The share of wrong answers that a step to this stage allows: the route's word, else that of
    the section `facade`, else 5 % for a canary and 1 % beyond it."""
    own, usual = route.promote, options.promote
    if ORDER.index(stage) <= ORDER.index(Stage.CANARY):
        points, default = (own.canary if own.canary is not None else usual.canary), CANARY
    else:
        points, default = (own.new if own.new is not None else usual.new), NEW
    return default if points is None else points / FULL


def has_pairs(route: RouteConfig) -> bool:
    """Whether requests of this route are asked on both sides: not where it only writes."""
    return route.safe is True or (route.safe is None and not _READS.isdisjoint(route.methods))


def proof_of(compared: Mapping[str, Any], limit: float) -> Proof:
    """From the route's part of `/api/compare`."""
    skipped = sum(compared["skipped"].values())
    failed = sum(
        count
        for cause, count in compared["failed"].items()
        if cause.startswith("new.") and cause != _DECLINED
    )
    unknown = skipped + failed + int(compared.get("in_doubt", 0))
    return Proof(limit, int(compared["compared"]) + unknown, int(compared["mismatched"]) + unknown)


def objections(
    file: RouteFile, route: RouteConfig, stage: Stage, known: Known | None, today: date
) -> list[str]:
    """Why the route should not go to `stage` yet; empty when nothing is missing.

    `known` is None when no facade could be asked.
    """
    limit = limit_of(route, file.facade, stage)
    found = _overdue(file, route, today)
    if known is None:
        return [*found, "no running facade could be asked for the evidence"]
    if not has_pairs(route):
        return found + _errors(known.counted, limit)
    return (
        found
        + _parked(known.compared)
        + _declined(known.compared)
        + _guarded(route, known.compared)
        + (_pairs(route, known.compared, limit))
    )


def _overdue(file: RouteFile, route: RouteConfig, today: date) -> list[str]:
    rules = file.compare_rules.get((route.compare.rules if route.compare else None) or "")
    return [
        f"{known.path} was expected to differ until {known.until} only ({known.owner}: {known.why})"
        for known in (rules.expect if rules else ())
        if is_overdue(known, today)
    ]


def _parked(compared: Mapping[str, Any]) -> list[str]:
    """Pairs that our own code could not judge may hold anything."""
    count = int(compared.get("parked_count", 0))
    if not count:
        return []
    names = [f"{one['request_id']} ({one['cause']})" for one in compared["parked"][:_MOST_CAUSES]]
    return [f"{count:,} pairs could not be judged, look at them first: {', '.join(names)}"]


def _declined(compared: Mapping[str, Any]) -> list[str]:
    """Copies that were declined are no evidence."""
    declined, pairs = int(compared.get("declined", 0)), int(compared["compared"])
    if not mostly_declined(declined, pairs):
        return []
    return [
        f"the new side declined {declined:,} of {declined + pairs:,} copies, since it was behind:"
        " the others are no evidence for it (fig lag)"
    ]


def _guarded(route: RouteConfig, compared: Mapping[str, Any]) -> list[str]:
    allowed = route.guard.max_mismatch if route.guard else None
    mismatched, pairs = int(compared["mismatched"]), int(compared["compared"])
    if allowed is None or not refuted(mismatched, pairs, allowed / FULL, 1 - CONFIDENCE):
        return []
    share = f"{mismatched:,} of {pairs:,} pairs differ"
    return [f"its guard would move it back at once: {share}, {_share(allowed / FULL)} may"]


def _pairs(route: RouteConfig, compared: Mapping[str, Any], limit: float) -> list[str]:
    proof = proof_of(compared, limit)
    missing = proof.missing
    if missing == 0:
        return []
    seen = f"{proof.wrong:,} of {proof.pairs:,} pairs differ" + _unknown(compared, proof)
    if missing is None:
        causes = [str(cause["title"]) for cause in compared["causes"][:_MOST_CAUSES]]
        return [f"{seen}, {_share(limit)} may: {'; '.join(causes) or 'see the causes'}"]
    may = f"up to {_share(proof.bound)} of the answers may be wrong, {_share(limit)} are allowed"
    if route.compare is None:
        return [f"{may}: {seen}, and no more come without compare: {{sample: …}}"]
    return [f"{may} ({seen}): {_missing(missing, float(compared['pairs_per_second']))}"]


def _unknown(compared: Mapping[str, Any], proof: Proof) -> str:
    unknown = proof.wrong - int(compared["mismatched"])
    return f" or could not be judged ({unknown:,})" if unknown else ""


def _missing(pairs: int, pace: float) -> str:
    words = f"{pairs:,} more pairs without a difference are needed"
    if pace <= 0:
        return f"{words}, and none came in the last half hour"
    minutes = pairs / pace / 60
    whole = round(minutes)
    time = f"about {whole:,} minutes" if whole > 1 else "about a minute"
    time = "less than a minute" if minutes < 1 else time
    return f"{words}, {time} at the present pace of {pace:.2g} a second"


def _errors(counted: Mapping[str, Any], limit: float) -> list[str]:
    """Of a route that only writes: how often its new side failed, as far as it was asked."""
    status = counted.get("status", {}).get("new", {})
    failures = counted.get("failures", {})
    failed = sum(count for name, count in failures.items() if name.startswith("new."))
    wrong = int(status.get("5xx", 0)) + int(failed)
    asked = sum(int(count) for count in status.values()) + int(failed)
    if not wrong or wrong / asked <= limit:
        return []
    return [
        f"{wrong:,} of {asked:,} requests to its new side failed, {_share(limit)} may"
        " (it only writes, so there are no pairs: its data is judged by `fig verify`)"
    ]


def _share(share: float) -> str:
    return f"{share * 100:.3g} %"
