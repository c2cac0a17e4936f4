"""What must hold of composed routes."""

import pytest

from facade.routes.config.composefile import PartConfig
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load

HEAD = """facade: {{match_case: {case}}}
upstreams: {{legacy: {{url: http://h}}}}
routes:
"""


def read(*routes: str, case: str = "true"):
    lines = [f"  - {{{route}}}\n" for route in routes]
    return load((HEAD.format(case=case) + "".join(lines)).encode())


def refused(*routes: str, case: str = "true") -> str:
    with pytest.raises(RouteFileError) as caught:
        read(*routes, case=case)
    return str(caught.value)


def page(parts: str, more: str = "", match: str = "GET /page/{sku}") -> str:
    return f"name: page, match: '{match}', compose: {{{parts}}}{more}"


def test_a_composed_route_needs_no_stage() -> None:
    loaded = read(page("a: GET /a, b: {get: '/b/{sku}?c=1', optional: true}"))
    (route,) = loaded.file.routes
    assert route.compose == (PartConfig("/a", "a", False), PartConfig("/b/{sku}?c=1", "b", True))
    assert loaded.warnings == ()
    assert "'stage' is missing" in refused("name: other, match: GET /o")


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        ("a: POST /a", "expected a read such as GET /api/me, not 'POST /a'"),
        ("a: /a", "expected a read such as GET /api/me, not '/a'"),
        ("a: GET a", "expected a path such as /api/me"),
        ("a: GET /a b", "expected a path such as /api/me"),
        ("a: 'GET /a#b'", "expected a path such as /api/me"),
        ("a: 'GET /a/{b*}'", "has a tail"),
        ("a: 'GET /a/%2f'", "write characters as they are"),
        ("a: {optional: true}", "'get' is missing"),
        ("a: 'GET /a/{other}'", "'/page/{sku}' has no parameter '{other}'"),
        ("missing: GET /a", "'missing' is where the answer says which parts it lacks"),
        ("a b: GET /a", "expected names to reads, not 'a b'"),
        ("", "expected 1 to 16 parts"),
        (", ".join(f"p{n}: GET /a" for n in range(17)), "expected 1 to 16 parts"),
        ("a: 'GET /page/{sku}'", "'page' is composed itself, and no part may be"),
        ("a: GET /page/1", "'page' is composed itself, and no part may be"),
    ],
)
def test_parts_that_are_refused(parts: str, wanted: str) -> None:
    assert wanted in refused(page(parts))


@pytest.mark.parametrize(
    "more", ["stage: legacy", "new: a", "key: [client]", "fallback: false", "safe: true",
             "needs: [identity]", "attempts: {account: form:a}", "first_byte: 1s"],
)  # fmt: skip
def test_what_a_composed_route_may_not_say(more: str) -> None:
    text = refused(page("a: GET /a", f", {more}"))
    key = more.partition(":")[0]
    assert f"{key}: a composed route has none: its parts go where their own routes lead" in text


@pytest.mark.parametrize("match", ["POST /page", "GET|POST /page", "* /page", "HEAD /page"])
def test_it_reads_alone(match: str) -> None:
    assert "a composed route answers GET alone" in refused(page("a: GET /a", match=match))


def other(match: str, more: str = "stage: legacy") -> str:
    return f"name: other, match: '{match}', {more}"


def test_a_part_may_be_of_a_more_specific_route_than_the_composed_one() -> None:
    read(page("a: GET /page/1"), other("GET /page/1"))
    assert "composed itself" in refused(page("a: GET /page/1"), other("POST /page/1"))
    only = other("GET /page/1", 'stage: legacy, host: "a.b"')
    assert "composed itself" in refused(page("a: GET /page/1"), only), "of one host alone"
    assert "composed itself" in refused(page("a: 'GET /page/{sku}'"), other("GET /page/1"))


def test_a_part_in_another_spelling_leads_there_too() -> None:
    read(page("a: GET /PAGE/1"))
    assert "composed itself" in refused(page("a: GET /PAGE/1"), case="false")


def test_two_composed_routes_may_not_lead_to_each_other() -> None:
    text = refused(
        page("a: GET /two", match="GET /one"),
        "name: two, match: GET /two, compose: {b: GET /one}",
    )
    assert "'two' is composed itself" in text and "'page' is composed itself" in text
