"""What a route matches, as written."""

import pytest

from facade.routes.file.kinds.values import Wrong
from facade.routes.file.matching import Match, MatchText, Order, collides, order_of, parameters


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("GET /", Match(("GET",), "/")),
        ("GET|POST  /a/{b}/c", Match(("GET", "POST"), "/a/{b}/c")),
        ("* /files/{path*}", Match(("*",), "/files/{path*}")),
        ("GET /a/", Match(("GET",), "/a/")),
        ("GET /käse/🦊", Match(("GET",), "/käse/🦊")),
    ],
)
def test_a_good_match(text: str, match: Match) -> None:
    assert MatchText().parse(text) == match


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/a", "expected a method and a path"),
        ("GET a", "expected a path that begins with '/'"),
        ("get /a", "unknown method 'get'"),
        ("GET|GET /a", "named twice"),
        ("GET| /a", "unknown method ''"),
        ("GET /a//b", "empty segment"),
        ("GET /a/{b", "neither a literal nor"),
        ("GET /a/x{b}", "neither a literal nor"),
        ("GET /a/{}", "neither a literal nor"),
        ("GET /a/{b}/{b}", "names a parameter twice"),
        ("GET /{a*}/b", "goes on after its tail"),
        ("GET /a%20b", "not percent-encoded"),
        ("GET /a/../b", "neither a literal nor"),
        ("GET /a?b=c", "neither a literal nor"),
    ],
)
def test_a_bad_match(text: str, said: str) -> None:
    with pytest.raises(Wrong, match=said.replace("?", r"\?")):
        MatchText().parse(text)


@pytest.mark.parametrize(
    ("one", "other", "methods"),
    [
        ("GET /a/{b}", "GET /a/{c}", ("GET",)),
        ("GET|PUT /a", "PUT|POST /a", ("PUT",)),
        ("* /a", "GET|PUT /a", ("GET", "PUT")),
        ("GET /a", "* /a", ("GET",)),
        ("GET /a/{b}", "GET /a/b", ()),
        ("GET /a/{b}", "GET /a/{b*}", ()),
        ("GET /a", "GET /a/", ()),
        ("GET /a", "POST /a", ()),
        ("GET /a", "HEAD /a", ()),
    ],
)
def test_collisions(one: str, other: str, methods: tuple[str, ...]) -> None:
    parse = MatchText().parse
    assert collides(parse(one), parse(other)) == methods


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        ("/a/b", "/a/{x}", Order.FIRST),
        ("/a/{x}", "/a/b", Order.SECOND),
        ("/a/{x}", "/a/{y}", Order.SAME),
        ("/a/{x*}", "/a/{y*}", Order.SAME),
        ("/a/{x}", "/a/{y*}", Order.FIRST),
        ("/a/{x*}", "/a/b/c", Order.SECOND),
        ("/{x}/b", "/a/{y}", Order.SECOND),
        ("/a/{x}/c", "/a/b/{y}", Order.SECOND),
        ("/a/b", "/a/c", None),
        ("/a/b", "/a/{x}/c", None),
        ("/a/b/d", "/a/{x}/c", None),
    ],
)
def test_which_template_comes_first(one: str, other: str, order: Order | None) -> None:
    assert order_of(one, other) is order


def test_parameters_are_single_segments() -> None:
    assert parameters("/a/{b}/{c}/{rest*}") == ("b", "c")
