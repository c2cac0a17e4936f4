"""The limits of a route's guard, each against the other side at the same time.

One error budget of 5 % is shared by the limits that are set: in a window in which the new side is
just within all of them, it is moved back by mistake with probability 5 % at most, however often
one looks and however long the window lasts.
"""

from dataclasses import dataclass
from math import log

from facade.compare.evidence.sequential import (
    DOUBT,
    anytime_lower_bound,
    coin_of,
    log_wealth,
    pair_wealth,
    pairs_until,
    run_to_refute,
    slower_by_quantile,
)
from facade.compare.evidence.written import least, share, span
from facade.guard.verdict import Finding, Kind, Number
from facade.guard.window import Counted, PairCounts
from facade.routes.config.routefile import FULL, Guard
from facade.routes.stages import Stage

BUDGET = 0.05
LEAST_MISMATCHES = 2  # one may be an accident of one request
LEAST_ERRORS = 3
CALM_SECONDS = 30.0  # after the new side's last error a doubt about errors is over
LEAST_TIMED = 100  # a side that was just started is slow for its first requests
MISMATCH, ERRORS, LATENCY, DECLINED = "mismatch", "errors", "latency", "declined"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the limits are held against."""

    stage: Stage
    share: float  # of clients that the new side answers, 0..1
    pairs: PairCounts
    counted: Counted
    pace: float  # compared pairs per second
    calm: bool = False  # the new side has not failed for CALM_SECONDS

    @property
    def two_groups(self) -> bool:
        """Whether each side answers some clients now."""
        return self.stage is Stage.CANARY and 0.0 < self.share < 1.0


def error_each(guard: Guard) -> float:
    """The part of the budget that each limit may spend."""
    given = (guard.max_mismatch, guard.max_error_ratio, guard.max_p95_ratio)
    return BUDGET / max(1, sum(limit is not None for limit in given))


def findings(guard: Guard, evidence: Evidence) -> list[Finding]:
    """One finding for each limit that is set."""
    error, found = error_each(guard), []
    if guard.max_mismatch is not None:
        found.append(_mismatch(guard.max_mismatch / FULL, evidence, error))
    if guard.max_error_ratio is not None:
        found.append(_errors(guard.max_error_ratio, evidence, error))
    if guard.max_p95_ratio is not None:
        found.append(_latency(guard.max_p95_ratio, evidence, error))
    return [*found, *_declined(evidence.pairs)]


def _declined(pairs: PairCounts) -> list[Finding]:
    """Where the new side's read model is behind for most copies: no reason to move back, and none
    to go on."""
    if not pairs.mostly_declined:
        return []
    numbers: dict[str, Number] = {"declined": pairs.declined, "compared": pairs.compared}
    words = f"the new side declined {pairs.declined:,} copies, and {pairs.compared:,} were compared"
    return [Finding(DECLINED, Kind.HOLD, words, numbers)]


def _mismatch(limit: float, evidence: Evidence, error: float) -> Finding:
    seen, of = evidence.pairs.mismatched, evidence.pairs.compared
    wealth = log_wealth(seen, of, limit)
    low = anytime_lower_bound(seen, of, error)
    numbers: dict[str, Number] = {"differ": seen, "pairs": of, "above": round(low, 6), "may": limit}
    differ = f"{seen:,} of {of:,} pairs differ"
    if wealth >= -log(error) and seen >= LEAST_MISMATCHES:
        words = f"{differ}: surely more than {least(low)}, and {share(limit)} may"
        return Finding(MISMATCH, Kind.BACK, words, numbers)
    if wealth >= DOUBT:
        return Finding(MISMATCH, Kind.PAUSE, f"{differ}, {share(limit)} may", numbers)
    missing = pairs_until(seen, of, limit, error) if limit > 0 else None
    if missing:
        return Finding(MISMATCH, Kind.HOLD, f"{differ}: {more(missing, evidence.pace)}", numbers)
    return Finding(MISMATCH, Kind.GO if missing == 0 else Kind.HOLD, differ, numbers)


def more(pairs: int, pace: float) -> str:
    """How many more pairs are needed, and how long that takes at this pace."""
    rounded = pairs if pairs < 100 else round(pairs, -1)
    if pace <= 0:
        return f"needs about {rounded:,} more pairs, and none come"
    return f"needs about {rounded:,} more pairs, {span(pairs / pace)} at this pace"


def _errors(ratio: float, evidence: Evidence, error: float) -> Finding:
    new, legacy, pairs = evidence.counted.new, evidence.counted.legacy, evidence.pairs
    asked = new.requests + legacy.requests
    by_clients = 0.0
    each = error
    if evidence.two_groups and asked:
        each = error / 2  # two tests share it: clients by two counts, and pairs
        chance = coin_of(new.requests / asked, ratio)
        by_clients = log_wealth(new.errors, new.errors + legacy.errors, chance)
    by_pairs = pair_wealth(pairs.only_new, pairs.only_legacy, pairs.both, ratio)
    numbers: dict[str, Number] = {
        "new": new.errors, "new_requests": new.requests,
        "legacy": legacy.errors, "legacy_requests": legacy.requests,
        "pairs_only_new": pairs.only_new, "pairs_only_legacy": pairs.only_legacy,
        "pairs_both": pairs.both, "pairs_declined": pairs.declined, "may": ratio,
    }  # fmt: skip
    proofs = [
        (by_clients, new.errors, _of_clients(evidence)),
        (by_pairs, pairs.only_new, _of_pairs(pairs)),
    ]
    wealth, failed, words = max(proofs, key=lambda one: one[0])
    if wealth >= -log(each) and failed >= LEAST_ERRORS:
        return Finding(
            ERRORS,
            Kind.BACK,
            f"{words}: surely more than {ratio:g} ×{_until_over(evidence)}",
            numbers,
        )
    if wealth >= DOUBT and not evidence.calm:
        return Finding(ERRORS, Kind.PAUSE, f"{words}, {ratio:g} × may", numbers)
    if not asked and not pairs.timed:
        return Finding(ERRORS, Kind.HOLD, "no request yet that could fail", numbers)
    return Finding(ERRORS, Kind.GO, _of_clients(evidence), numbers)


def run_until_over(pairs: PairCounts) -> int:
    """How many more pairs in a row without a failure of the new side show that a fault is over.

    Only pairs in which a side failed speak of errors, and a side that is well again makes none: a
    refuted limit would stay refuted for ever.
    """
    return max(0, run_to_refute(*pairs.failing, BUDGET) - pairs.unfailing)


def _until_over(evidence: Evidence) -> str:
    if evidence.share > 0:
        return ""
    pairs = run_until_over(evidence.pairs)
    return f"; starts at zero after {pairs:,} more pairs without a failure of new, or a reset"


def _of_clients(evidence: Evidence) -> str:
    new, legacy = evidence.counted.new, evidence.counted.legacy
    return (
        f"errors: new {new.errors:,} of {new.requests:,},"
        f" legacy {legacy.errors:,} of {legacy.requests:,}"
    )


def _of_pairs(pairs: PairCounts) -> str:
    return (
        f"in {pairs.only_new:,} pairs the new side alone failed, in {pairs.only_legacy:,} legacy"
        f" alone, in {pairs.both:,} both"
    )


def _latency(ratio: float, evidence: Evidence, error: float) -> Finding:
    pairs = evidence.pairs
    new, legacy = pairs.new_ms, pairs.legacy_ms
    if evidence.two_groups:
        new, legacy = evidence.counted.new.latency, evidence.counted.legacy.latency
    numbers: dict[str, Number] = {"slower": pairs.slower, "timed": pairs.timed, "may": ratio}
    if min(sum(new), sum(legacy)) >= LEAST_TIMED:
        apart = slower_by_quantile(new, legacy, ratio, error / 2)
        if apart is not None:
            numbers |= {"new_p95_above_ms": apart[0], "legacy_p95_below_ms": apart[1]}
            words = (
                f"95 % of answers: new surely above {apart[0]:.3g} ms,"
                f" legacy below {apart[1]:.3g} ms, and {ratio:g} × may"
            )
            return Finding(LATENCY, Kind.BACK, words, numbers)
    wealth = log_wealth(pairs.slower, pairs.timed, 0.5)
    words = f"in {pairs.slower:,} of {pairs.timed:,} pairs new took over {ratio:g} × as long"
    if pairs.timed >= LEAST_TIMED and wealth >= -log(error / 2):
        return Finding(LATENCY, Kind.BACK, f"{words}: surely more than half", numbers)
    if pairs.timed >= LEAST_TIMED and wealth >= DOUBT:
        return Finding(LATENCY, Kind.PAUSE, words, numbers)
    if max(pairs.timed, min(sum(new), sum(legacy))) < LEAST_TIMED:
        return Finding(LATENCY, Kind.HOLD, f"fewer than {LEAST_TIMED} answers were timed", numbers)
    return Finding(LATENCY, Kind.GO, words, numbers)
