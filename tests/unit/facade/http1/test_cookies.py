"""Cookies of a request, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.http1.cookies import lines_without, remove, value_of
from facade.http1.requests import RequestHead, read_request


def head(*cookies: str) -> RequestHead:
    lines = "".join(f"\r\nCookie: {value}" for value in cookies)
    return read_request(f"GET / HTTP/1.1\r\nHost: a{lines}\r\nAccept: b".encode("latin-1"), 100)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("c=1", b"1"),
        ("a=2; c=1", b"1"),
        ("a=2;c=1;b=3", b"1"),
        (" c = 1 ", b"1"),
        ("c=", None),
        ("cc=1", None),
        ("a=c=1", None),
        ("C=1", None),
        ("c", None),
        ('c="1;2"', b'"1'),
        ("c=1; c=2", b"1"),
        ("", None),
    ],
)
def test_a_value(line: str, value: bytes | None) -> None:
    assert value_of(head(line), b"c") == value


def test_without_cookies_there_is_nothing() -> None:
    asked = head()
    assert value_of(asked, b"c") is None
    assert lines_without(asked, b"c".__eq__) is asked.lines


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        (["c=1"], []),
        (["c=1; c=2"], []),
        (["a=2; c=1"], ["a=2"]),
        (["c=1; a=2"], ["a=2"]),
        (["a=2; c=1; b=3"], ["a=2; b=3"]),
        (["a=2", "c=1"], ["a=2"]),
        (["a=2; cc=1; xc=c=1"], ["a=2; cc=1; xc=c=1"]),
        (["c"], []),
    ],
)
def test_one_is_taken_out(lines: list[str], left: list[str]) -> None:
    asked = head(*lines)
    expected = [f"Cookie: {value}\r\n".encode() for value in left]
    without = lines_without(asked, b"c".__eq__)
    assert [line for line in without if line.startswith(b"Cookie")] == expected
    assert without[-1] == b"Accept: b\r\n"
    remove(asked, b"c")
    assert asked.lines == without
    assert value_of(asked, b"c") is None


def test_a_line_that_connection_named_stays_away() -> None:
    asked = read_request(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: cookie\r\nCookie: c=1; a=2", 9)
    remove(asked, b"c")
    assert asked.lines == []


_NAMES = st.sampled_from(["c", "cc", "a", "C"])
_JARS = st.lists(st.tuples(_NAMES, st.text("abc=", max_size=5)), max_size=6)


@given(jar=_JARS)
def test_the_others_stay_in_order(jar: list[tuple[str, str]]) -> None:
    line = "; ".join(f"{name}={value}" for name, value in jar)
    asked = head(line)
    remove(asked, b"c")
    kept = "; ".join(f"{name}={value}" for name, value in jar if name != "c")
    said = [field.value for field in asked.cookies or () if field.value]
    assert said == ([kept.encode()] if kept else [])
