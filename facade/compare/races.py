"""Tell a moving value from a wrong one: legacy was asked once more, did it change its mind?

See docs/decisions/0001-a-moving-value-is-not-a-mismatch.md.
"""

from dataclasses import replace
from datetime import date

from facade.compare.answers import Answer, Pair
from facade.compare.rules import Rules
from facade.compare.verdict import Outcome, Verdict, compare

_PARTS = ".[/@;:"


def settle(verdict: Verdict, pair: Pair, again: Answer, rules: Rules, today: date) -> Verdict:
    """The verdict after legacy's second answer: differences at places that moved are taken out.

    A pair whose differences all moved is raced. Without a usable second answer, or when legacy
    gives the same values as before, the first verdict stands.
    """
    moved = _moved(pair, again, rules, today)
    left = tuple(
        found
        for found in verdict.differences
        if not any(_touches(found.spot, spot) for spot in moved)
    )
    if len(left) == len(verdict.differences):
        return verdict
    if left:
        return replace(verdict, differences=left)
    return Verdict(Outcome.RACED, tolerated=verdict.tolerated)


def _moved(pair: Pair, again: Answer, rules: Rules, today: date) -> list[str]:
    """The places at which legacy's two answers differ."""
    if again.error or again.status >= 500:
        return []
    then_and_now = compare(replace(pair, candidate=again), rules, today)
    spots = [found.spot for found in (*then_and_now.differences, *then_and_now.tolerated)]
    # Another status means another answer altogether: whatever differed is beneath it.
    return ["$"] if "$status" in spots else spots


def _touches(one: str, other: str) -> bool:
    """Whether two places are the same or one lies within the other."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    if shorter == "$":
        return True
    return longer.startswith(shorter) and (
        len(longer) == len(shorter) or longer[len(shorter)] in _PARTS
    )
