"""JSON in every dress that servers give it, read by what it means."""

from collections.abc import Callable
from typing import Any

import pytest

from facade.compare.verdict import Outcome, Verdict

Judge = Callable[..., Verdict]
VALUE = '{"name": "Größe", "n": 1}'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (VALUE.encode(), "application/json"),
        (VALUE.encode(), "application/x-json"),
        (VALUE.encode(), "text/json"),
        (VALUE.encode(), "application/vnd.api+json; version=1"),
        (VALUE.encode(), "text/plain"),
        (VALUE.encode(), ""),
        (b"\xef\xbb\xbf" + VALUE.encode(), "application/json"),
        (b" \r\n\t" + VALUE.encode() + b"\n\n", "application/json"),
        (VALUE.encode("latin-1"), "application/json; charset=iso-8859-1"),
        (VALUE.encode("utf-16-le"), "application/json; charset=utf-16le"),
        (b"\xff\xfe" + VALUE.encode("utf-16-le"), "application/json"),
        (VALUE.encode("shift_jis", "xmlcharrefreplace").replace(b"&#246;", b"\\u00f6").replace(
            b"&#223;", b"\\u00df"), "application/json; charset=shift_jis"),
    ],
)  # fmt: skip
def test_the_same_value(judge: Judge, answer: Any, body: bytes, kind: str) -> None:
    plain = answer(VALUE.encode())
    verdict = judge(plain, answer(body, kind=kind), headers=())
    assert verdict.outcome is Outcome.MATCHED, verdict.differences
    wrong = judge(answer(VALUE.replace("1", "2").encode()), answer(body, kind=kind), headers=())
    assert [str(found.path) for found in wrong.differences] == ["$.n"]


@pytest.mark.parametrize(
    "guard",
    [
        ")]}'\n", ")]}',\n", ")]}", "while(1);", "while (true);", "for(;;);", "for (;;);",
        "throw 1; ", "throw 'x';\n", "{} && ", "{}&&", "//\n", "&&&START&&&",
    ],
)  # fmt: skip
def test_a_guard_before_json(judge: Judge, answer: Any, guard: str) -> None:
    guarded = answer((guard + VALUE).encode())
    spaced = answer((guard + VALUE.replace(" ", "")).encode())
    assert judge(guarded, spaced).outcome is Outcome.MATCHED
    wrong = answer((guard + VALUE.replace("1", "2")).encode())
    assert [found.path for found in judge(guarded, wrong).differences] == ["$.n"]
    bare = judge(guarded, answer(VALUE.encode()))
    assert [found.path for found in bare.differences] == ["$body"], "a client would trip over it"


def test_json_that_is_handed_to_a_function(judge: Judge, answer: Any) -> None:
    one = answer(b'/**/ cb({"a": 1});', kind="application/javascript")
    other = answer(b'/**/ cb({"a":1})', kind="text/javascript")
    assert judge(one, other, headers=()).outcome is Outcome.MATCHED
    wrong = answer(b'other({"a":2})', kind="text/javascript")
    assert [found.path for found in judge(one, wrong, headers=()).differences] == ["$body", "$.a"]


@pytest.mark.parametrize("kind", ["application/x-ndjson", "application/jsonl"])
def test_json_line_by_line(judge: Judge, answer: Any, kind: str) -> None:
    one, other = answer(b'{"a":1}\n{"a":2}\n', kind=kind), answer(b'{"a": 1}\n{"a": 3}', kind=kind)
    assert judge(one, one, headers=()).outcome is Outcome.MATCHED
    assert [found.path for found in judge(one, other).differences] == ["$[*].a"]


def test_a_digit_beyond_a_machines_precision_counts(judge: Judge, answer: Any) -> None:
    long = "1." + "0" * 40
    one, other = answer(f"[{long}1, 5]".encode()), answer(f"[5, {long}2]".encode())
    assert judge(one, other).outcome is Outcome.MISMATCHED
