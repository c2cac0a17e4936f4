"""Distinguish a moving value from a wrong one: a side is asked once more, and may answer otherwise.

See docs/decisions/0001-a-moving-value-is-not-a-mismatch.md.
"""

from dataclasses import replace
from datetime import date
from typing import NamedTuple

from chassis.web.headers import WATERMARK
from facade.compare.answers import Answer, Pair
from facade.compare.rules import Rules
from facade.compare.verdict import Outcome, Verdict, compare

_PARTS = ".[/@;:"
_REFUSED = frozenset({401, 403, 407, 429})


class Again(NamedTuple):
    """Second answers: legacy's, and the new side's where its first may have been older."""

    control: Answer
    candidate: Answer | None = None
    one_server: bool = False  # legacy is on both sides: each may have been asked before the other


def may_be_older(pair: Pair) -> bool:
    """Whether the candidate's answer may rest on an older state than the control's.

    A read model says up to which moment it knows everything; the control was read before its
    answer ended. A side that says nothing of the kind is never excused.
    """
    watermark = pair.candidate.header(WATERMARK.lower())
    ended = pair.started + pair.control.ms / 1000.0
    return watermark.isdecimal() and int(watermark) < ended * 1e6


def settle(verdict: Verdict, pair: Pair, again: Again, rules: Rules, today: date) -> Verdict:
    """The verdict after the second answers: differences at places that moved are taken out.

    A pair whose differences all moved is raced. Without usable second answers, or when each side
    gives the same values as before, the first verdict stands.
    """
    moved = _moved(pair, pair.control, again.control, rules, today)
    if again.candidate is not None and (again.one_server or may_be_older(pair)):
        moved += _moved(pair, pair.candidate, again.candidate, rules, today)
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


def _moved(pair: Pair, first: Answer, second: Answer, rules: Rules, today: date) -> list[str]:
    """The places at which one side's two answers differ."""
    if second.error or second.status >= 500 or second.status // 100 != first.status // 100:
        return []  # an answer of another class is one to another question: it says nothing
    if second.status in _REFUSED and first.status not in _REFUSED:
        return []  # the credentials of the first question have ended: nothing has moved
    then_and_now = compare(replace(pair, control=first, candidate=second), rules, today)
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
