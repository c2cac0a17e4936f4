"""Headers by what they mean; never the values of cookies."""

from collections.abc import Callable
from datetime import date

import pytest

from facade.compare.answers import Answer
from facade.compare.collector import Collector
from facade.compare.headers import diff
from facade.compare.rules import compile_rules
from facade.compare.verdict import Verdict

Judge = Callable[..., Verdict]


def answer(*headers: tuple[str, str]) -> Answer:
    return Answer(200, headers, b"")


def paths(verdict: Verdict) -> list[str]:
    return [f"{found.kind} {found.path}" for found in verdict.differences]


@pytest.mark.parametrize(
    ("name", "control", "candidate", "equal"),
    [
        ("content-type", "application/json", "application/json; charset=utf-8", True),
        ("content-type", "application/json", "application/problem+json", False),
        ("content-type", "text/html; charset=UTF-8", 'Text/HTML;charset="utf-8"', True),
        ("content-type", "text/html; charset=utf-8", "text/html; charset=latin-1", False),
        ("cache-control", "no-cache, max-age=0", "max-age=0,  No-Cache", True),
        ("cache-control", "no-store", "max-age=60", False),
        ("location", "/a/b", "b", True),  # relative to /a/x
        ("location", "/a/b?c=1", "/a/b?c=2", False),
        ("location", "https://shop.example/a", "https://SHOP.example/a", True),
        ("location", "https://shop.example/a", "https://other.example/a", False),
        ("date", "Mon", "Tue", True),
        ("server", "gunicorn", "uvicorn", True),
        ("fig-watermark", "1", "2", True),
        ("x-request-id", "1", "2", True),  # not among the chosen ones
    ],
)
def test_meaning(name: str, control: str, candidate: str, equal: bool) -> None:
    into = Collector(compile_rules(), date(2026, 1, 1))
    diff(answer((name, control)), answer((name, candidate)), "/a/x", into)
    assert (not into.found) is equal


def test_headers_that_must_not_be_compared_are_left_out_even_when_chosen(judge: Judge) -> None:
    rules = {"headers": ("Date", "Server", "Fig-Watermark", "X-Total")}
    one = answer(("date", "1"), ("server", "a"), ("fig-watermark", "1"), ("x-total", "1"))
    other = answer(("date", "2"), ("server", "b"), ("fig-watermark", "2"), ("x-total", "2"))
    assert paths(judge(one, other, **rules)) == ["value $header:x-total"]


@pytest.mark.parametrize(
    ("control", "candidate", "expected"),
    [
        ("s=1; Path=/; HttpOnly", "s=2; HttpOnly; path=/", []),
        ("s=1; Path=/; HttpOnly", "s=2; Path=/", ["missing $cookie:s.httponly"]),
        (
            "s=1; SameSite=Lax",
            "s=1; SameSite=None; Secure",
            ["value $cookie:s.samesite", "extra $cookie:s.secure"],
        ),
        ("s=1", "t=1", ["missing $cookie:s", "extra $cookie:t"]),
        ("s=1", "s=", ["value $cookie:s"]),
        ("s=; Max-Age=0", "s=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", []),
        (
            "s=1; Expires=Mon, 01 Jan 2029 00:00:00 GMT",
            "s=1; Expires=Mon, 01 Jan 2029 00:00:09 GMT",
            [],
        ),
        ("s=1; Max-Age=60", "s=1; Max-Age=3600", ["value $cookie:s.max-age"]),
    ],
)
def test_cookies(judge: Judge, control: str, candidate: str, expected: list[str]) -> None:
    verdict = judge(answer(("set-cookie", control)), answer(("set-cookie", candidate)))
    assert sorted(paths(verdict)) == sorted(expected)


def test_no_cookie_value_is_kept(judge: Judge) -> None:
    secret = "0123456789abcdef"
    one, other = answer(("set-cookie", f"s={secret}")), answer(("set-cookie", f"t={secret}x"))
    assert secret not in repr(judge(one, other))


def test_several_cookies_are_distinguished(judge: Judge) -> None:
    one = answer(("set-cookie", "a=1; Path=/"), ("set-cookie", "b=1; Path=/"))
    other = answer(("set-cookie", "b=9; Path=/"), ("set-cookie", "a=9; Path=/x"))
    assert paths(judge(one, other)) == ["value $cookie:a.path"]
