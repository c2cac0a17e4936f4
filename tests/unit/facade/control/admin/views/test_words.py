"""How sure the evidence is, in words and on a scale."""

import pytest

from facade.compare.evidence.evidence import Forced, Parked
from facade.control.admin.models.evidence import ExpectedView, RouteComparison
from facade.control.admin.views.words import wording


@pytest.fixture
def one() -> RouteComparison:
    """A route in canary of which 1,000 equal pairs are known."""
    return RouteComparison(
        route="r", match="GET /r", stage="canary", percent=25.0, since=0.0, last=1.0,
        dispatched=1_010, completed=1_005, matched=1_000, mismatched=0, raced=1, tolerated=0,
        compared=1_000, failed={"new.connect": 1}, skipped={}, shed={"queue": 3},
        mismatch_rate=0.0, upper_bound=0.003, anytime_upper_bound=0.0102, target=0.001,
        proven=0.0102,
        pairs_to_target=2_000, seconds_to_target=90.0, pairs_per_second=22.2, latency={},
        causes=[], clusters=[], classes=[], never_seen=[], versions=[], expected=[], noise=[],
        noise_asked=0.0, rule_errors=[], history=[],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("compared", "missing", "seconds", "outlook", "mood"),
    [
        (0, 3_000, None, "no evidence yet", ""),
        (9, None, None, "differs more often than 0.1 %: more pairs will not help", "bad"),
        (9, 0, 0.0, "surely below 0.1 %", "good"),
        (9, 2_000, 90.0, "2,000 equal pairs to be sure of 0.1 %, 2 min at this pace", ""),
        (9, 2_000, None, "2,000 equal pairs to be sure of 0.1 %", ""),
    ],
)
def test_how_far_the_target_is(
    one: RouteComparison, compared: int, missing: int | None, seconds: float | None, outlook: str,
    mood: str,
) -> None:  # fmt: skip
    one.compared, one.pairs_to_target, one.seconds_to_target = compared, missing, seconds
    found = wording(one)
    assert (found.outlook, found.mood) == (outlook, mood)


def test_the_figures_have_their_notes(one: RouteComparison) -> None:
    one.latency = {
        "difference_ms": -1.25, "difference_interval_ms": (-2.0, -0.5), "ratio": 0.5,
        "control": {"p50": 4.0}, "candidate": {"p50": 2.0},
    }  # fmt: skip
    assert [(fact.name, fact.value, fact.note) for fact in wording(one).facts] == [
        ("Pairs compared", "1,000",
         "1,000 equal, 0 differ, 1 raced, 0 declined; 4 failed, shed or skipped"),
        ("Differ at most, 95 %", "0.3 %", "however often one looks: 1.1 %"),
        ("Time to evidence", "2 min", "target 0.1 %; 22.2 pairs/s"),
        ("Paired latency, new − legacy", "−1.2 ms",
         "95 %: −2.0 to −0.5 ms; 0.50 ×; legacy 4.0, new 2.0 ms (p50)"),
    ]  # fmt: skip


def test_without_pairs_no_bound_is_claimed(one: RouteComparison) -> None:
    one.compared, one.seconds_to_target, one.pairs_to_target = 0, None, 0
    one.proven = 1.0
    found = wording(one)
    assert (found.bound, found.bound_at) == ("–", 100.0)
    assert [fact.value for fact in found.facts] == ["0", "–", "–", "–"]


@pytest.mark.parametrize(
    ("bound", "place"), [(1.0, 100.0), (0.1, 80.0), (0.001, 40.0), (1e-5, 0.0), (1e-9, 0.0)]
)
def test_the_scale_is_logarithmic(one: RouteComparison, bound: float, place: float) -> None:
    one.proven = one.target = bound
    assert (wording(one).bound_at, wording(one).target_at) == (place, place)


@pytest.mark.parametrize(
    ("stage", "percent", "words"),
    [("canary", 0.1, "canary 0.1 %"), ("new", None, "new"), (None, None, "gone")],
)
def test_a_stage_has_its_share(
    one: RouteComparison, stage: str | None, percent: float | None, words: str
) -> None:
    one.stage, one.percent = stage, percent
    assert wording(one).stage == words


def test_what_is_known_and_what_is_held_against_it(one: RouteComparison) -> None:
    one.expected = [
        ExpectedView(path="$.a", why="w", owner="o", until="2026-01-01", seen=seen, overdue=late)
        for seen, late in ((1_200, False), (0, False), (0, True))
    ]
    one.rule_errors = ["'$[' is no path"]
    one.forced = [Forced(1.0, "new", "hurry", "1 of 9 differ")]
    one.parked = [Parked(1.0, "id-1", "GET", "/r", "KeyError")]
    found = wording(one)
    assert [(note.words, note.bad) for note in found.known] == [
        ("expected, seen 1,200 times: w (o)", False),
        ("expected, never seen: w (o)", False),
        ("expected until 2026-01-01: overdue", True),
    ]
    assert [f"{note.about}: {note.words}" for note in found.objections] == [
        "rule: '$[' is no path",
        "to new: against the evidence (1 of 9 differ): hurry",
        "id-1: not judged: GET /r: KeyError",
    ]
    assert all(note.bad for note in found.objections)
