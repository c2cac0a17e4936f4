"""A connection's last `Cookie` line is read once; whatever differs is read for itself."""

import pytest

from facade.http1.fields import COOKIE, LastCookie, learn, lookup
from facade.http1.refusal import Refused
from facade.http1.requests import read_request

ADA, BOB = b"Cookie: session=ada; theme=dark", b"Cookie: session=bob; theme=dark"
HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"


def test_the_line_that_came_last_is_not_read_again() -> None:
    cookie = LastCookie()
    first = cookie.learn(ADA)
    assert (first.kind, first.value) == (COOKIE, b"session=ada; theme=dark")
    assert cookie.learn(ADA) is first
    assert cookie.learn(b"X-Other: 1").value == b"1"
    assert cookie.learn(ADA) is first  # still


def test_another_line_is_read_and_takes_its_place() -> None:
    cookie = LastCookie()
    cookie.learn(ADA)
    other = cookie.learn(BOB)
    assert other.value == b"session=bob; theme=dark"
    assert cookie.learn(BOB) is other
    assert cookie.learn(ADA).value == b"session=ada; theme=dark"


def test_nobody_else_sees_it() -> None:
    mine, others = LastCookie(), LastCookie()
    field = mine.learn(ADA)
    assert others.learn(ADA) is not field
    assert lookup(ADA) is None
    assert learn(ADA) is not field


def test_a_line_that_is_none_is_refused_each_time() -> None:
    cookie = LastCookie()
    for _ in range(2):
        with pytest.raises(Refused):
            cookie.learn(b"Cookie session")


def test_requests_of_a_connection_that_repeat_the_line_and_that_change_it() -> None:
    cookie = LastCookie()
    read = [read_request(HEAD + line, 100, cookie) for line in (ADA, ADA, BOB, ADA)]
    assert [head.lines for head in read] == [[line + b"\r\n"] for line in (ADA, ADA, BOB, ADA)]
    assert read_request(HEAD[:-2], 100, cookie).cookies is None
    both = read_request(HEAD + ADA + b"\r\n" + BOB, 100, cookie).cookies
    assert both is not None and [field.value[8:11] for field in both] == [b"ada", b"bob"]
