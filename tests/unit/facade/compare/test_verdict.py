"""Outcomes: what is evidence, what failed, what is tolerated and for how long."""

import gzip
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import brotli
import pytest
import zstandard

from facade.compare.answers import Answer, Pair
from facade.compare.rules import compile_rules
from facade.compare.verdict import Outcome, Verdict, compare
from facade.routes.config.routefile import CompareRules, Expected, Tolerance

Judge = Callable[..., Verdict]
Build = Callable[..., Any]
TODAY = date(2026, 6, 1)


def lines(verdict: Verdict) -> list[str]:
    return [f"{found.kind} {found.path}" for found in verdict.differences]


def test_another_status_is_one_difference(judge: Judge, answer: Build) -> None:
    verdict = judge(answer({"a": 1}), answer({"error": "x"}, 404))
    assert lines(verdict) == ["value $status"]
    assert (verdict.differences[0].control, verdict.differences[0].candidate) == (200, 404)


def test_errors_on_both_sides_are_compared(judge: Judge, answer: Build) -> None:
    gone = {"error": "product not found"}
    assert judge(answer(gone, 404), answer(gone, 404)).outcome is Outcome.MATCHED
    assert lines(judge(answer(gone, 404), answer({"detail": "no"}, 404))) == [
        "missing $.error",
        "extra $.detail",
    ]


@pytest.mark.parametrize(
    ("control", "candidate", "cause"),
    [
        (None, "connect", "new.connect"),
        ("first-byte", None, "legacy.first-byte"),
        ("connect", "connect", "both.connect"),
        ("connect", "deadline", "both.connect+deadline"),
    ],
)
def test_a_side_without_an_answer_is_no_evidence(
    pair: Build, answer: Build, control: str | None, candidate: str | None, cause: str
) -> None:
    one, other = (replace(answer({}), error=error) for error in (control, candidate))
    verdict = compare(pair(one, other), compile_rules(), TODAY)
    assert (verdict.outcome, verdict.cause) == (Outcome.FAILED, cause)


def test_a_candidate_that_declines_is_no_evidence(judge: Judge, answer: Build) -> None:
    verdict = judge(answer({}), answer(b"", 503, fig_declined="behind"))
    assert (verdict.outcome, verdict.cause) == (Outcome.FAILED, "new.declined")
    assert judge(answer({}), answer(b"", 503)).outcome is Outcome.MISMATCHED


@pytest.mark.parametrize(
    ("coding", "encode"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body)[2:-4]),  # the raw stream some servers send
        ("br", brotli.compress),
        ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
        ("zstd", zstandard.compress),
        ("ZSTD", lambda body: zstandard.compress(body[:3]) + zstandard.compress(body[3:])),
        ("gzip", lambda body: gzip.compress(body[:3]) + gzip.compress(body[3:])),
        # what follows the stream is padding
        ("gzip", lambda body: gzip.compress(body) + bytes(512)),
        ("deflate", lambda body: zlib.compress(body) + b"\r\n"),
        ("zstd", lambda body: zstandard.compress(body) + bytes(16)),
        # words that are no coding
        ("utf-8", bytes),
        ("none", bytes),
        ("binary, identity", bytes),
    ],
)
def test_content_codings_are_undone(
    judge: Judge, answer: Build, coding: str, encode: Callable[[bytes], bytes]
) -> None:
    coded = answer(encode(b'{"a":1}'), content_encoding=coding)
    assert judge(answer({"a": 1}), coded).outcome is Outcome.MATCHED
    assert lines(judge(answer({"a": 2}), coded)) == ["value $.a"]


@pytest.mark.parametrize(
    ("coding", "body", "cause"),
    [
        ("gzip", gzip.compress(b"0" * 50_000_000, mtime=0), "too large"),
        ("deflate", zlib.compress(b"0" * 50_000_000), "too large"),
        ("br", brotli.compress(b"0" * 50_000_000, quality=1), "too large"),
        ("gzip", gzip.compress(b"hello", mtime=0)[:-4], "gzip ends early"),
        ("deflate", b"nonsense", "not gzip or deflate"),
        ("br", b"nonsense" * 9, "not brotli"),
        ("br", brotli.compress(b"hello" * 99)[:-3], "brotli ends early"),
        ("zstd", b"nonsense" * 9, "not zstd"),
        ("zstd", zstandard.compress(b"hello" * 99)[:-3], "zstd ends early"),
        ("zstd", zstandard.compress(b"0" * 50_000_000), "too large"),
        ("dcb", b"x", "coding dcb"),
    ],
)
def test_bombs_and_broken_codings_are_skipped(
    judge: Judge, answer: Build, coding: str, body: bytes, cause: str
) -> None:
    verdict = judge(answer(body, content_encoding=coding), answer({}))
    assert (verdict.outcome, verdict.cause) == (Outcome.SKIPPED, cause)


@pytest.mark.parametrize(
    ("one", "other", "kind", "expected"),
    [
        (b"a\nb\n", b"a\r\nb", "text/plain", []),
        (b"a\nb\n", b"a\nc\n", "text/plain", ["value $text"]),
        (b"a\nb\n", b"a\n", "text/csv", ["length $text"]),
        (b"\x89PNG1", b"\x89PNG2", "image/png", ["value $body"]),
        (b"\x89PNG1", b"", "image/png", ["type $body"]),
        (b"", b"", "image/png", []),
        (b"{broken", b'{"a":1}', "application/json", ["type $body"]),
        (b"\xff\xf0", b"\xff\xf1", "text/plain", ["value $text"]),
        (b"\xff\xf0", b"\xff\xf1", "text/plain; charset=utf-8", ["value $text"]),
    ],
)
def test_other_bodies(
    judge: Judge, answer: Build, one: bytes, other: bytes, kind: str, expected: list[str]
) -> None:
    assert lines(judge(answer(one, kind=kind), answer(other, kind=kind))) == expected


def test_a_wrong_content_type_is_one_difference(judge: Judge, answer: Build) -> None:
    assert lines(judge(answer({"a": 1}), answer({"a": 1}, kind="text/html"))) == [
        "value $header:content-type"
    ]
    assert lines(judge(answer({"a": 1}), answer(b"<p>Oops", kind="text/html"))) == [
        "value $header:content-type",
        "type $body",
    ]


def test_bodies_of_head_and_304_are_not_compared(pair: Build, answer: Build) -> None:
    head = pair(answer(b""), answer({"a": 1}), method="HEAD")
    assert compare(head, compile_rules(), TODAY).outcome is Outcome.MATCHED


KNOWN = Expected("$.text", "a typo", "web-team", date(2026, 6, 30))


@pytest.mark.parametrize(
    ("today", "outcome"),
    [
        (date(2026, 6, 30), Outcome.MATCHED),  # its last day
        (date(2026, 7, 1), Outcome.MISMATCHED),
    ],
)
def test_expected_differences_are_tolerated_until_their_day(
    judge: Judge, answer: Build, today: date, outcome: Outcome
) -> None:
    verdict = judge(answer({"text": "1 lefts"}), answer({"text": "1 left"}), today, expect=(KNOWN,))
    assert verdict.outcome is outcome
    if outcome is Outcome.MATCHED:
        assert [found.expected for found in verdict.tolerated] == [KNOWN]
    else:
        assert verdict.differences[0].overdue


def test_an_expected_difference_does_not_cover_others(judge: Judge, answer: Build) -> None:
    verdict = judge(answer({"text": "a", "n": 1}), answer({"text": "b", "n": 2}), expect=(KNOWN,))
    assert lines(verdict) == ["value $.n"]
    assert len(verdict.tolerated) == 1


MARK = Tolerance("", strip="(^| )~[0-9A-HJKMNP-TV-Z]{16}$")
MARKED = Expected("$.po_number", "our mark", "orders", date(2027, 1, 1), within=MARK)


@pytest.mark.parametrize(
    ("control", "candidate", "outcome"),
    [
        ("PO 17 ~0123456789ABCDEF", "PO 17", Outcome.MATCHED),
        ("~0123456789ABCDEF", None, Outcome.MATCHED),
        ("PO 17 ~0123456789ABCDEF", "PO 71", Outcome.MISMATCHED),
        ("PO 17 ~0123456789ABCDEF", None, Outcome.MISMATCHED),
        ("PO 17 ~short", "PO 17", Outcome.MISMATCHED),
    ],
)
def test_what_is_expected_can_be_limited(
    judge: Judge, answer: Build, control: str, candidate: str | None, outcome: Outcome
) -> None:
    one, other = answer({"po_number": control}), answer({"po_number": candidate})
    assert judge(one, other, expect=(MARKED,)).outcome is outcome


def test_a_limited_expectation_covers_no_missing_member(judge: Judge, answer: Build) -> None:
    verdict = judge(answer({"po_number": "PO ~0123456789ABCDEF"}), answer({}), expect=(MARKED,))
    assert verdict.outcome is Outcome.MISMATCHED


def test_expected_differences_outside_json(judge: Judge, answer: Build) -> None:
    known = Expected("$header:cache-control", "why", "me", date(2027, 1, 1))
    one, other = answer({}, cache_control="no-store"), answer({}, cache_control="private")
    assert judge(one, other, expect=(known,)).outcome is Outcome.MATCHED
    assert judge(one, other, ignore=("$header:cache-control",)).outcome is Outcome.MATCHED
    assert judge(one, other).outcome is Outcome.MISMATCHED


def test_rules_with_unreadable_paths_forgive_nothing(pair: Build, answer: Build) -> None:
    rules = compile_rules(CompareRules("r", ignore=("$.a[", "$.b")))
    assert len(rules.broken) == 1
    verdict = compare(pair(answer({"a": 1, "b": 1}), answer({"a": 2, "b": 2})), rules, TODAY)
    assert lines(verdict) == ["value $.a"]


def test_secrets_are_masked(judge: Judge, answer: Build) -> None:
    hidden = "hunter2-hunter2"
    one = {
        "password": hidden,
        "user": {"api_key": hidden, "n": 1},
        "note": hidden,
        "deep": {"x": hidden},
    }
    verdict = judge(
        answer(one), answer({"password": "x", "note": "y"}), secret=("$.note", "$.deep.x")
    )
    assert len(verdict.differences) == 4
    assert hidden not in repr(verdict)


def test_pair_size() -> None:
    assert Pair("r", "GET", "/", Answer(200, (), b"12"), Answer(200, (), b"345")).size == 5
