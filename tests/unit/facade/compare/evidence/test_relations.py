"""How two values are related, and what may be shown of a value."""

from decimal import Decimal
from typing import Any

import pytest

from facade.compare.evidence.relations import relation
from facade.compare.masking import mask_target, preview
from facade.compare.noise.shapes import shape
from facade.compare.secrets import MASK, is_secret


@pytest.mark.parametrize(
    ("control", "candidate", "name"),
    [
        ("129.00", "129.01", "rounding"),
        ("129.00", "129.00000", "number format"),
        ("129.00", "130.00", "another number"),
        ("129.00", "12900.00", "factor 100"),
        ("5.00", "-5.00", "sign"),
        (5, 6, "off by one"),
        (5, 50, "factor 10"),
        (Decimal("1.1"), Decimal("1.2"), "rounding"),
        ("5", 5, "integer for text, the same number"),
        ("abc", "ABC", "letter case"),
        ("a b", " a  b", "white space"),
        ("Füße", "FÃ¼Ã\x9fe", "character encoding"),
        ("e\u0301", "é", "Unicode form"),
        ("a & b", "a &amp; b", "escaping"),
        ("hello world", "hello", "cut short"),
        ("hello", "hello world", "more text"),
        ("hello", "goodbye", "another text"),
        ("", None, "null for empty text"),
        (None, "", "empty text for null"),
        ("hello", None, "null for text"),
        ("2026-01-01 10:00:00", "2026-01-01 12:00:00", "shifted by +2 h"),
        ("2026-01-01 10:00:00", "2026-01-01 10:00:07", "another time"),
        ("2026-01-01 10:00:00", "2026-01-01T10:00:00", "local time T for local time"),
        ("Y", "true", "another text"),
        (True, False, "boolean for boolean"),
    ],
)
def test_relation(control: Any, candidate: Any, name: str) -> None:
    assert relation(control, candidate) == name


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("2026-01-01T10:00:00.123Z", "UTC time"),
        ("2026-01-01T10:00:00+02:00", "zoned time"),
        ("Sun, 06 Nov 1994 08:49:37 GMT", "HTTP date"),
        ("0b9e3f1c-2b1a-4c8e-9a51-3a2b1c0d9e8f", "UUID"),
        ("d41d8cd98f00b204e9800998ecf8427e", "hex"),
        ("a@b.example", "mail address"),
        ([], "empty array"),
        (-3, "negative integer"),
        (Decimal("1.5"), "number"),
        (None, "null"),
    ],
)
def test_shape(value: Any, name: str) -> None:
    assert shape(value) == name


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("password", True),
        ("pw_hash", True),
        ("accessToken", True),
        ("X-Api-Key", True),
        ("session", True),
        ("csrf_token", True),
        ("passwords", True),
        ("name", False),
        ("sessions_open", False),
        ("pinned", False),
        ("shipping", False),
    ],
)
def test_secret_names(name: str, secret: bool) -> None:
    assert is_secret(name) is secret


def test_preview_is_bounded_and_masked() -> None:
    assert preview({"a": 1, "token": "x"}) == {"a": 1, "token": MASK}
    assert preview("x" * 1_000).endswith("(1000 characters)")
    assert len(preview(list(range(100)))) == 13
    assert preview([[[[[1]]]]]) == [[[["(array of 1)"]]]]
    assert preview(Decimal("0.15")) == 0.15
    assert preview(Decimal("0.10")) == "0.10 (a number)"
    assert preview(Decimal("1e999")) == "1E+999 (a number)"
    assert preview(2**60) == str(2**60)


def test_targets_lose_secret_values() -> None:
    assert mask_target("/a?q=tent&page=2") == "/a?q=tent&page=2"
    assert mask_target("/a?token=abc&q=x") == "/a?token=(secret)&q=x"
