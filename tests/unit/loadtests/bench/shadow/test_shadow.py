"""The ratio of each round, the median of the rounds, and where it is written."""

from datetime import date

from facade.compare.answers import Answer, Pair
from facade.compare.rules import compile_rules
from facade.compare.verdict import Outcome, compare
from loadtests.bench.proxies.documents import as_legacy, as_new
from loadtests.bench.rounds import Figures
from loadtests.bench.shadow.page import (
    COPIED,
    HANGING,
    PLAIN,
    Conditions,
    Pairs,
    page,
    ratios,
    spread,
)

ROUNDS = [
    {PLAIN: Figures(300, 1, 10, 80), COPIED: Figures(300, 1, p99, 130),
     HANGING: Figures(300, 1, 10, 90)}
    for p99 in (11, 12, 90)
]  # fmt: skip


def test_one_noisy_round_does_not_decide():
    assert ratios(ROUNDS) == {PLAIN: 1.0, COPIED: 1.2, HANGING: 1.0}
    lines = page(ROUNDS, Conditions(300, 10, 2, shared=False), Pairs(9, 8, 1))
    assert "| everything copied | 300 | 1.00 | 12.00 | 130 | 1.20 | 1.10–9.00 |" in lines
    assert spread(ROUNDS[:1], COPIED) == "1.10–1.10"


def test_both_sides_say_the_same_in_other_bytes():
    kind = (("content-type", "application/json"),)
    one, other = (Answer(200, kind, body) for body in (as_legacy(), as_new()))
    assert one.body != other.body
    assert 1_500 < len(one.body) < 2_500
    verdict = compare(Pair("r", "GET", "/x", one, other), compile_rules(), date(2026, 1, 1))
    assert verdict.outcome is Outcome.MATCHED
