"""Tests that may be looked at after every request: their error holds for all looks together.

Each is Robbins' mixture martingale over a Beta(1/2, 1/2) prior, as is `anytime_upper_bound`: the
wealth of a bet against a rate p. While the true rate is p, it ever reaches 1/error with a
probability of `error` at most, however often one looks. A limit is refuted when the bet against it
has won so much and the rate seen lies above it.

Two groups of clients (canary) are compared by two counts: given how many errors there were in all,
each is a coin that shows the new side with a known chance while the limit holds. Two answers to
one request (shadow) are compared pair by pair: only pairs that differ say anything.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil, inf, log, log1p

from facade.compare.evidence.bounds import least_number, log_beta
from facade.proxy.counting import histogram

_PRIOR = log_beta(0.5, 0.5)
DOUBT = log(2.0)  # log wealth at which a limit is in doubt, but not refuted
TAIL = 0.05  # of the answers that are slower than the 95th percentile


def log_wealth(seen: int, of: int, limit: float) -> float:
    """Log of what a bet against "the rate is at most `limit`" has won; 0 where nothing speaks.

    `seen` of `of` trials showed what is limited. Only a rate seen above the limit counts.
    """
    if of <= 0 or seen <= limit * of:
        return 0.0
    if limit <= 0.0:
        return inf
    if limit >= 1.0:
        return 0.0
    against = seen * log(limit) + (of - seen) * log1p(-limit)
    return max(0.0, log_beta(seen + 0.5, of - seen + 0.5) - _PRIOR - against)


def refuted(seen: int, of: int, limit: float, error: float) -> bool:
    """Whether the rate is above `limit`; wrong with probability `error` at most, for ever."""
    return log_wealth(seen, of, limit) >= -log(error)


@lru_cache(maxsize=1024)
def anytime_lower_bound(seen: int, of: int, error: float) -> float:
    """The left end of the anytime bound: the true rate stays above it for ever.

    It holds with probability 1 - `error`. The right end is `anytime_upper_bound`.
    """
    if of <= 0 or seen <= 0:
        return 0.0
    low, high = 0.0, seen / of
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if refuted(seen, of, middle, error) else (low, middle)
    return low


def coin_of(share: float, ratio: float) -> float:
    """The chance that an error is the new side's while its rate is `ratio` times legacy's.

    `share` is the new side's share of the requests, 0..1.
    """
    weight = share * ratio
    return weight / (weight + 1.0 - share) if weight else 0.0


def pair_wealth(only_new: int, only_legacy: int, both: int, ratio: float) -> float:
    """Log wealth against "the new side fails at most `ratio` times as often", from pairs.

    A pair in which both failed counts once for each side: it speaks for the limit where the ratio
    is 1 or more, and never against it (McNemar's test with a ratio).
    """
    failed = only_new + both
    return log_wealth(failed, failed + only_legacy + both, coin_of(0.5, ratio))


def run_to_refute(failed: int, of: int, error: float) -> int:
    """How many pairs in a row without a failure refute that failures go on as they were seen.

    `of` counts the pairs up to and including the last of the `failed`. While failures go on, such
    a run ever comes with probability `error` at most. Half of it is that of the bound of their
    rate. Each failure begins another run, so the n-th may spend 1 / (n (n + 1)) of the other half.
    """
    low = anytime_lower_bound(failed, of, error / 2)
    if low <= 0.0:
        return 0
    return ceil(log(error / 2 / (failed * (failed + 1))) / log1p(-low))


def slower_by_quantile(
    new: Sequence[int], legacy: Sequence[int], ratio: float, error: float
) -> tuple[float, float] | None:
    """Bounds in ms of both 95th percentiles that refute "new is at most `ratio` × legacy".

    `new` and `legacy` are histograms (`facade.proxy.counting.histogram`). None: not refuted. The
    first bound lies below the new side's percentile, the second above legacy's, each with half the
    error, for all looks; both are rounded outward to a bound of the histogram.
    """
    fastest = _percentile_above(new, error / 2)
    slowest = _percentile_below(legacy, error / 2)
    if fastest is None or slowest is None or fastest <= ratio * slowest:
        return None
    return fastest, slowest


def _percentile_above(counts: Sequence[int], error: float) -> float | None:
    """The greatest bound that the 95th percentile surely lies above; None: there is none."""
    of, slower = sum(counts), 0
    for index in range(len(counts) - 1, 0, -1):
        slower += counts[index]
        if refuted(slower, of, TAIL, error):
            return histogram.BOUNDS_MS[index - 1]
    return None


def _percentile_below(counts: Sequence[int], error: float) -> float | None:
    """The least bound that the 95th percentile surely lies below; None: there is none."""
    of, faster = sum(counts), 0
    for index, count in enumerate(counts[:-1]):
        faster += count
        if refuted(faster, of, 1.0 - TAIL, error):
            return histogram.BOUNDS_MS[index]
    return None


@lru_cache(maxsize=1024)  # guards ask again and again, for each of their routes
def pairs_until(seen: int, of: int, limit: float, error: float) -> int | None:
    """How many more clean pairs bring the anytime upper bound down to `limit`.

    None: the rate seen is above the limit already.
    """
    if of and seen > limit * of:
        return None
    return least_number(lambda pairs: seen_below(seen, pairs, limit, error), max(of, 1)) - of


def seen_below(seen: int, of: int, limit: float, error: float) -> bool:
    """Whether the anytime upper bound of the rate is at most `limit`."""
    return refuted(of - seen, of, 1.0 - limit, error)
