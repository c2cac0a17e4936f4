"""Whatever arrives, the judge lives and the pair counts: as evidence, or as a named skip."""

import json
import pickle
from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facade.compare.answers import Answer, Pair
from facade.compare.bodies.parse import JsonDocument, TooDeep, parse
from facade.compare.json.values import same
from facade.compare.noise.listening import observe
from facade.compare.noise.noise import RouteNoise
from facade.compare.noise.races import Again, settle
from facade.compare.rules import compile_rules
from facade.compare.verdict import Outcome, Verdict, compare
from facade.control.evidence_store.ledger import EVIDENCE, Ledger
from facade.control.judging.noise import NOISE
from facade.routes.config.routefile import CompareRules, Tolerance
from tests.rigs.facade.messages.anything import JSON_TEXTS, PAGES, answers, pairs

TODAY = date(2026, 1, 1)
HEADERS = ("content-type", "location", "content-location", "refresh", "link", "set-cookie",
           "cache-control")  # fmt: skip
RULES = compile_rules(CompareRules("all", headers=HEADERS))
NEAR = compile_rules(
    CompareRules(
        "near",
        headers=HEADERS,
        tolerate=(
            Tolerance("$..v", decimal=0.5),
            Tolerance("$.*", seconds=2),
            Tolerance("$[*]", shape=True),
        ),
    )
)
MANY = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


def counted(pair: Pair, verdict: Verdict) -> None:
    """It can be sent to another process, counted, written and read again."""
    sent: Verdict = pickle.loads(pickle.dumps(verdict))
    ledger = Ledger()
    ledger.judged(pair, sent)
    written = EVIDENCE.dump_json(ledger.routes["r"])
    assert EVIDENCE.dump_json(EVIDENCE.validate_json(written)) == written
    total = ledger.routes["r"].total
    skipped, failed = sum(total.skipped.values()), sum(total.failed.values())
    assert total.matched + total.mismatched + total.raced + skipped + failed == 1


@MANY
@given(pairs())
def test_any_pair_has_a_verdict_that_counts(pair: Pair) -> None:
    for rules in (RULES, NEAR):
        verdict = compare(pair, rules, TODAY)
        counted(pair, verdict)
        assert not verdict.parked


@MANY
@given(pairs(), answers())
def test_any_second_answer_settles_it(pair: Pair, again: Answer) -> None:
    verdict = compare(pair, RULES, TODAY)
    if verdict.outcome is Outcome.MISMATCHED:
        counted(pair, settle(verdict, pair, Again(again, again, True), RULES, TODAY))
    seen = observe(pair, again, RULES, TODAY)
    noise = RouteNoise()
    for _ in range(20):
        noise.learn(seen or (), 1.0)
    written = NOISE.dump_json(noise)
    assert NOISE.dump_json(NOISE.validate_json(written)) == written
    masked = replace(RULES, noise=noise.mask(1.0))
    counted(pair, compare(pair, masked, TODAY))


@MANY
@given(answers())
def test_an_answer_matches_itself(answer: Answer) -> None:
    pair = Pair("r", "GET", "/x", answer, answer)
    assert compare(pair, RULES, TODAY).outcome in (Outcome.MATCHED, Outcome.FAILED)


@MANY
@given(JSON_TEXTS, JSON_TEXTS, st.booleans())
def test_json_matches_only_what_is_the_same(one: str, other: str, alike: bool) -> None:
    texts = (one, one if alike else other)
    bodies = [text.encode("utf-8", "surrogatepass") for text in texts]
    kind = (("content-type", "application/json"),)
    pair = Pair("r", "GET", "/x", *(Answer(200, kind, body) for body in bodies))
    verdict = compare(pair, RULES, TODAY)
    try:
        documents = [parse(body, "application/json") for body in bodies]
    except TooDeep:
        assert verdict.outcome is Outcome.SKIPPED
        return
    assert all(isinstance(one, JsonDocument) for one in documents)
    equal = same(*(one.value for one in documents))  # type: ignore[union-attr]
    assert (verdict.outcome is Outcome.MATCHED) is equal


@MANY
@given(PAGES, PAGES)
def test_pages_that_match_show_the_same_words(one: str, other: str) -> None:
    from facade.compare.html.tree import NotHtml, tree

    kind = (("content-type", "text/html"),)
    bodies = [text.encode("utf-8", "surrogatepass") for text in (one, other)]
    pair = Pair("r", "GET", "/x", *(Answer(200, kind, body) for body in bodies))
    if compare(pair, RULES, TODAY).outcome is Outcome.MATCHED and bodies[0] != bodies[1]:
        try:
            trees = [parse(body, "text/html") for body in bodies]
            shown = [tree(one.text, "/x").identity() for one in trees]  # type: ignore[union-attr]
        except (NotHtml, AttributeError):
            return
        assert shown[0] == shown[1]


def test_half_a_surrogate_pair_is_a_mismatch_that_is_kept() -> None:
    kind = (("content-type", "application/json"),)
    bodies = (json.dumps({"a": "\ud800", "\udfff": 1}).encode(), b'{"a": "x"}')
    pair = Pair("r", "GET", "/x", *(Answer(200, kind, body) for body in bodies))
    verdict = compare(pair, RULES, TODAY)
    assert verdict.outcome is Outcome.MISMATCHED
    assert [found.path for found in verdict.differences] == ["$.a", "$['\\udfff']"]
    counted(pair, verdict)
