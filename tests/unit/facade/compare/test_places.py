"""Addresses of one place are equal, those of two places are not."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.compare.places import place_of
from facade.compare.verdict import Outcome, Verdict

BASE = "https://shop.example/a/x?y=1"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("/cart", "https://shop.example/cart", True),
        ("/cart", "HTTPS://SHOP.example:443/cart", True),
        ("/cart", "//shop.example/cart", True),
        ("b", "/a/b", True),
        ("../b", "/b", True),
        ("./b/./c/../d", "/a/b/d", True),
        ("?z=2", "/a/x?z=2", True),
        ("", "/a/x?y=1", True),
        ("https://shop.example", "/", True),
        ("/caf%C3%A9", "/café", True),
        ("/%7euser", "/~user", True),
        ("/a%2fb", "/a%2Fb", True),
        ("/a b", "/a%20b", True),
        (" /cart ", "/cart", True),
        ("/ca\nrt", "/cart", True),
        ("\\cart", "/cart", True),
        ("/cart", "/cart/", False),
        ("/cart", "/Cart", False),
        ("/a%2Fb", "/a/b", False),
        ("/cart", "http://shop.example/cart", False),  # not the same: encrypted, and not
        ("/cart", "https://shop.example:8443/cart", False),
        ("/cart", "https://other.example/cart", False),
        ("/cart#a", "/cart#b", False),
        ("/cart?a=1&b=2", "/cart?b=2&a=1", False),
        ("/cart", "mailto:cart", False),
        ("javascript:a", "javascript:b", False),
        ("http://[bad", "/", False),
        ("http://shop.example:port/", "/", False),
    ],
)
def test_places(one: str, other: str, same: bool) -> None:
    assert (place_of(one, BASE) == place_of(other, BASE)) is same


@given(st.text(max_size=60), st.text(max_size=30))
def test_any_text_is_some_place(address: str, base: str) -> None:
    assert isinstance(place_of(address, f"/{base}"), str)
    once = place_of(address, BASE)
    if once.startswith("/"):
        assert place_of(once, BASE) == once or "//" in once


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("location", "/cart", "https://shop.example/cart"),
        ("content-location", "cart", "https://shop.example/a/cart"),
        ("refresh", "5; url=/cart", "5;URL='https://shop.example/cart'"),
        ("link", "</next>; rel=next", "<https://shop.example/next>; rel=next"),
        ("location", "/caf%C3%A9", "/café".encode().decode("latin-1")),
    ],
)
def test_headers_that_lead_to_one_place(
    judge: Callable[..., Verdict], pair: Any, answer: Any, name: str, one: str, other: str
) -> None:
    from datetime import date

    from facade.compare.rules import compile_rules
    from facade.compare.verdict import compare
    from facade.routes.config.routefile import CompareRules

    rules = compile_rules(CompareRules("t", headers=(name,)))
    sides = (answer(b"", 302, **{name.replace("-", "_"): value}) for value in (one, other))
    asked = pair(*sides, target="/a/x", origin="https://shop.example")
    assert compare(asked, rules, date(2026, 1, 1)).outcome is Outcome.MATCHED


def test_links_of_a_page(judge: Callable[..., Verdict], pair: Any, answer: Any) -> None:
    from datetime import date

    from facade.compare.rules import compile_rules
    from facade.compare.verdict import compare

    ours = b'<a href="/cart">c</a><form action="/buy"></form><img src="i.png">'
    theirs = (
        b'<a href="https://shop.example/cart">c</a>'
        b'<form action="//shop.example/buy"></form><img src="/a/i.png">'
    )
    by_base = (
        b'<base href="/a/"><a href="../cart">c</a><form action="/buy"></form><img src="i.png">'
    )
    for page in (theirs, by_base):
        sides = (answer(body, kind="text/html") for body in (ours, page))
        asked = pair(*sides, target="/a/x", origin="https://shop.example")
        verdict = compare(asked, compile_rules(), date(2026, 1, 1))
        assert verdict.outcome is Outcome.MATCHED, verdict.differences
