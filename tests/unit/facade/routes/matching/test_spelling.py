"""Spellings of one path, and the routes that a path misses by its spelling alone."""

import pytest

from facade.routes.explain import Question, explain
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load
from facade.routes.matching.spelling import LOOSE, NearMisses, Spelling, loosest
from facade.routes.table import compile_table


@pytest.mark.parametrize(
    ("spelling", "path", "expected"),
    [
        (Spelling(), "/Cart/", "/Cart/"),
        (Spelling(any_case=True), "/Cart/", "/cart/"),
        (Spelling(any_slash=True), "/Cart/", "/Cart"),
        (LOOSE, "/Cart/", "/cart"),
        (LOOSE, "/", "/"),
        (LOOSE, "/{Path*}", "/{path*}"),
        (LOOSE, "/ÜBER/", "/über"),
    ],
)
def test_one_spelling_stands_for_all(spelling: Spelling, path: str, expected: str) -> None:
    assert spelling.of(path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/index.php/cart", "/cart"), ("/app.php/cart/", "/cart"), ("/shop/index.php/a", "/shop/a"),
        ("/cgi-bin/main.cgi/cart", "/cgi-bin/cart"), ("/Default.aspx", "/"), ("/index.php/", "/"),
        ("/cart/index.html", "/cart"), ("/cart/default.asp", "/cart"), ("/cart.html", "/cart"),
        ("/cart.HTM", "/cart"), ("/cart.json", "/cart"), ("/cart.xml", "/cart"),
        ("/cart.do", "/cart"), ("/cart.jsp;jsessionid=A", "/cart"), ("/cart;a=1/2", "/cart/2"),
        ("/cart;", "/cart"), ("/", "/"), ("/.json", "/.json"), ("/a.css", "/a.css"),
        ("/report.csv", "/report.csv"), ("/v1.2/cart", "/v1.2/cart"), ("/a/{id}.json", "/a/{id}"),
    ],
)  # fmt: skip
def test_what_names_the_program_or_the_form_is_left_away(path: str, expected: str) -> None:
    assert loosest(path) == expected


@pytest.mark.parametrize(
    ("path", "found", "missed"),
    [
        ("/Cart", "none", "cart"),
        ("/cart/", "none", "cart"),
        ("/CART/", "page", "cart"),
        ("/cart", "cart", None),
        ("/items/A", "item", None),
        ("/items/a.json", "item", None),
        ("/index.php/items/a", "none", "item"),
        ("/cart.html", "none", "cart"),
        ("/cart;jsessionid=A", "none", "cart"),
        ("/Items/a", "none", "item"),
        ("/elsewhere", "none", None),
    ],
)
def test_the_route_that_is_missed(path: str, found: str, missed: str | None) -> None:
    near = NearMisses([("GET", "/cart", "cart"), ("GET", "/items/{id}", "item")])
    assert near.find("GET", path, found) == missed
    assert near.find("POST", path, found) is None


def test_two_routes_that_differ_in_spelling_miss_each_other_never() -> None:
    near = NearMisses([("GET", "/cart", "small"), ("GET", "/Cart", "large")])
    assert near.find("GET", "/cart", "small") is None
    assert near.find("GET", "/Cart", "large") is None


def test_two_forms_of_a_page_that_have_routes_miss_each_other_never() -> None:
    near = NearMisses([("GET", "/cart", "page"), ("GET", "/cart.json", "data")])
    assert near.find("GET", "/cart", "page") is None
    assert near.find("GET", "/cart.json", "data") is None


TWO = """
upstreams: {legacy: {url: "http://h:1"}}
facade: {%s}
routes:
  - {name: small, match: GET /cart, stage: legacy}
  - {name: large, match: GET /Cart, stage: legacy}
  - {name: slash, match: GET /cart/, stage: legacy}
"""


@pytest.mark.parametrize(
    ("options", "routes"),
    [
        ("", []),
        ("match_case: false", ["large"]),
        ("trailing_slash: ignore", ["slash"]),
        ("match_case: false, trailing_slash: ignore", ["large", "slash", "slash"]),
    ],
)
def test_routes_that_differ_only_in_what_does_not_count_are_refused(options, routes) -> None:
    lines = {6: "large", 7: "slash"}
    found = []
    try:
        load((TWO % options).encode())
    except RouteFileError as error:
        found = [lines[one.line] for one in error.problems if "duplicate match" in one.message]
    assert found == routes


def test_explain_names_the_route_that_is_missed() -> None:
    text = (TWO % "").replace("/Cart", "/other").replace("/cart/", "/more")
    answer = explain(compile_table(load(text.encode()).file), Question("GET", "/CART/"))
    assert answer.sentence.endswith("; it misses 'small' by its spelling alone")
