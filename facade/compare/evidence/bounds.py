"""How large a rate of mismatches can still be, given what was seen; exact, in plain Python."""

from collections.abc import Callable
from math import exp, expm1, lgamma, log, log1p, sqrt

CONFIDENCE = 0.95
_TINY = 1e-300
_MOST_TERMS = 500


def upper_bound(mismatched: int, compared: int, confidence: float = CONFIDENCE) -> float:
    """Clopper–Pearson, one-sided: the rate is below this with `confidence`, for a fixed number.

    0 of n gives 1 - (1 - confidence)^(1/n), about 3/n at 95 %. Without any pair it is 1.
    """
    if compared <= 0 or mismatched >= compared:
        return 1.0
    if mismatched == 0:
        return -expm1(log(1 - confidence) / compared)
    a, b = mismatched + 1.0, float(compared - mismatched)
    return _root(lambda p: incomplete_beta(a, b, p) - confidence, mismatched / compared, 1.0)


def lower_bound(seen: int, of: int, confidence: float = CONFIDENCE) -> float:
    """Clopper–Pearson, one-sided: the rate is above this with `confidence`."""
    if seen <= 0 or of <= 0:
        return 0.0
    return 1.0 - upper_bound(of - min(seen, of), of, confidence)


def anytime_upper_bound(mismatched: int, compared: int, confidence: float = CONFIDENCE) -> float:
    """A bound that holds at every moment at once, so that looking again and again is allowed.

    The mixture martingale of Robbins over a Beta(1/2, 1/2) prior: with probability `confidence`
    the true rate stays below it for ever. It is wider than `upper_bound`, the price of peeking.
    """
    if compared <= 0 or mismatched >= compared:
        return 1.0
    a, b = mismatched + 0.5, compared - mismatched + 0.5
    mixture = log_beta(a, b) - log_beta(0.5, 0.5)

    def evidence(p: float) -> float:
        """log of the wealth won by betting against a rate of p, less what refutes it."""
        against = mismatched * log(max(p, _TINY)) + (compared - mismatched) * log1p(-p)
        return mixture - against + log(1 - confidence)

    return _root(evidence, mismatched / compared, 1.0 - 1e-12)


Bound = Callable[[int, int, float], float]


def pairs_needed(
    mismatched: int, target: float, confidence: float = CONFIDENCE, bound: Bound = upper_bound
) -> int:
    """How many pairs in all bring the bound down to `target`, with no further mismatch."""
    if not 0 < target < 1:
        raise ValueError(f"a rate between 0 and 1 is needed, not {target}")
    return least_number(
        lambda pairs: bound(mismatched, pairs, confidence) <= target, max(mismatched, 1)
    )


def least_number(holds: Callable[[int], bool], start: int) -> int:
    """The least number from `start` on for which it holds, as it then does for all larger ones."""
    low, high = start - 1, start
    while not holds(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def anytime_pairs_needed(mismatched: int, target: float, confidence: float = CONFIDENCE) -> int:
    """The same for the bound that holds however often one looks."""
    return pairs_needed(mismatched, target, confidence, anytime_upper_bound)


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz)."""
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - incomplete_beta(b, a, 1.0 - x)
    front = exp(a * log(x) + b * log1p(-x) - log_beta(a, b)) / a
    return front * _fraction(a, b, x)


def _fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1.0 / _not_zero(1.0 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _MOST_TERMS + int(10 * sqrt(max(a, b)))):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 / _not_zero(1.0 + term * d)
            c = _not_zero(1.0 + term / c)
            value *= c * d
        if abs(c * d - 1.0) < 1e-14:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def log_beta(a: float, b: float) -> float:
    """The logarithm of the beta function."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function crosses zero, by bisection."""
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
        if high - low <= 1e-12 * high:
            break
    return high
