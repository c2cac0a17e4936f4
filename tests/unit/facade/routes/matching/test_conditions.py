"""Which route a request has where host, header, query or cookie decide beside method and path."""

import pytest

from facade.routes.explain import Question, explain
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load
from facade.routes.matching.conditions import Asked, host_of
from facade.routes.matching.paths import TargetRefused
from facade.routes.table import compile_table

UPSTREAMS = 'upstreams: {legacy: {url: "http://a:1"}, fresh: {url: "http://b:2"}}\nroutes:\n'


def table(*routes: str, facade: str = "{}"):
    lines = "".join(f"  - {{{one}}}\n" for one in routes)
    return compile_table(load(f"facade: {facade}\n{UPSTREAMS}{lines}".encode()).file)


def found(one, target="/a", host="", *, method="GET", headers=()) -> str:
    located = one.locate(method, target.encode())
    words = [(name.lower().encode(), value.encode()) for name, value in headers]
    return located.of(Asked(host_of(host.encode()), words, target.encode())).route.name


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("shop.example", "shop.example"),
        ("Shop.Example:8443", "shop.example"),
        ("shop.example.", "shop.example"),
        ("shop.example.:80", "shop.example"),
        ("[::1]:80", "[::1]"),
        ("[2001:DB8::7]", "[2001:db8::7]"),
        ("127.0.0.1:80", "127.0.0.1"),
        ("shop.example:", "shop.example"),
        ("", ""),
    ],
)
def test_a_host_as_it_is_compared(host: str, name: str) -> None:
    assert host_of(host.encode()) == name


HOSTS = (
    "name: any, match: GET /a, stage: legacy",
    "name: one, match: GET /a, stage: legacy, host: shop.example",
    'name: wide, match: GET /a, stage: legacy, host: "*.example"',
    'name: wider, match: GET /a, stage: legacy, host: ["*.shop.example", other.test, "[::1]"]',
)


@pytest.mark.parametrize("order", [1, -1], ids=["as written", "the other way round"])
@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("shop.example", "one"),
        ("SHOP.example:81", "one"),
        ("www.shop.example", "wider"),
        ("a.b.shop.example", "wider"),
        ("b.example", "wide"),
        ("example", "any"),
        ("notshop.example", "wide"),
        ("other.test", "wider"),
        ("[::1]:8080", "wider"),
        ("www.other.test", "any"),
        ("", "any"),
    ],
)
def test_by_host(host: str, name: str, order: int) -> None:
    assert found(table(*HOSTS[::order]), host=host) == name


CONDITIONS = (
    "name: any, match: GET /a, stage: legacy",
    'name: beta, match: GET /a, stage: legacy, when: {"header:X-Beta": ["yes", "1"]}',
    'name: both, match: GET /a, stage: legacy, when: {"header:x-beta": "*", "query:fig": new}',
    'name: host, match: GET /a, stage: legacy, host: h.test, when: {"cookie:c": "a b"}',
)


@pytest.mark.parametrize("order", [1, -1], ids=["as written", "the other way round"])
@pytest.mark.parametrize(
    ("target", "headers", "host", "name"),
    [
        ("/a", {}, "", "any"),
        ("/a", {"X-BETA": "yes"}, "", "beta"),
        ("/a", {"X-Beta": "1"}, "", "beta"),
        ("/a", {"X-Beta": "Yes"}, "", "any"),
        ("/a", {"X-Beta": "no"}, "", "any"),
        ("/a?fig=new", {}, "", "any"),
        ("/a?fig=new", {"X-Beta": "no"}, "", "both"),
        ("/a?fig=new", {"X-Beta": "yes"}, "", "both"),
        ("/a?x&fig=new&y", {"X-Beta": ""}, "", "both"),
        ("/a?%66ig=n%65w", {"X-Beta": "a"}, "", "both"),
        ("/a?fig=old&fig=new", {"X-Beta": "a"}, "", "any"),
        ("/a?FIG=new", {"X-Beta": "a"}, "", "any"),
        ("/a?fig", {"X-Beta": "a"}, "", "any"),
        ("/a", {"Cookie": "b=1; c=a b"}, "h.test", "host"),
        ("/a", {"Cookie": 'c="a b"'}, "h.test", "host"),
        ("/a", {"Cookie": "c=a b"}, "", "any"),
        ("/a", {"Cookie": "cc=a b"}, "h.test", "any"),
        ("/a?fig=new", {"Cookie": "c=a b", "X-Beta": "yes"}, "h.test", "host"),
        ("/a?fig=new", {"X-Beta": "yes"}, "h.test", "both"),
    ],
)
def test_by_conditions(target, headers, host, name, order) -> None:
    one = table(*CONDITIONS[::order])
    assert found(one, target, host, headers=headers.items()) == name


def test_of_several_lines_the_first_one_counts() -> None:
    one = table(CONDITIONS[1])
    headers = [("X-Beta", "no"), ("X-Beta", "yes")]
    assert found(one, headers=headers) == "(unmatched)"


@pytest.mark.parametrize(
    ("method", "target", "host", "name"),
    [
        ("GET", "/a/b", "h.test", "exact"),
        ("GET", "/a/b", "", "parameter"),
        ("GET", "/a/c", "h.test", "parameter"),
        ("GET", "/a/b/c", "", "tail"),
        ("POST", "/a/b", "h.test", "tail"),
        ("HEAD", "/a/b", "h.test", "exact"),
        ("HEAD", "/a/b", "", "parameter"),
        ("GET", "/b", "", "(unmatched)"),
        ("GET", "/b", "h.test", "alone"),
        ("PUT", "/any", "", "every"),
        ("GET", "/any", "h.test", "every-get"),
        ("GET", "/any", "", "every"),
        ("OPTIONS", "/any", "", "every"),
    ],
)
def test_a_template_whose_conditions_do_not_hold_leaves_the_path_to_the_next(
    method, target, host, name
) -> None:
    one = table(
        "name: exact, match: GET /a/b, stage: legacy, host: h.test",
        'name: parameter, match: "GET /a/{x}", stage: legacy',
        'name: tail, match: "* /a/{x*}", stage: legacy',
        "name: alone, match: GET /b, stage: legacy, host: h.test",
        'name: every, match: "* /any", stage: legacy',
        "name: every-get, match: GET /any, stage: legacy, host: h.test",
    )
    assert found(one, target, host, method=method) == name


def test_parameters_of_other_names_are_one_template() -> None:
    one = table(
        'name: x, match: "GET /a/{x}", stage: legacy, key: ["path:x"], host: h.test',
        'name: y, match: "GET /a/{y}", stage: legacy, key: ["path:y"]',
    )
    assert [found(one, "/a/1", host) for host in ("h.test", "")] == ["x", "y"]


def test_the_answer_is_remembered_by_path_and_not_by_request() -> None:
    one = table(*HOSTS)
    for _ in range(2):
        assert [found(one, host=host) for host in ("shop.example", "", "b.example")] == [
            "one",
            "any",
            "wide",
        ]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("", "", "duplicate match: GET on the same paths as 'one' (line 4)"),
        ("host: a", "host: A", "GET on the same paths of a; give one of them"),
        ("host: [a, b]", "host: [c, b]", "GET on the same paths of b;"),
        ('host: "*.a"', 'host: "*.a"', "of *.a;"),
        ('when: {"header:A": x}', 'when: {"query:b": y}', "GET on the same paths;"),
        ('when: {"header:A": x}', 'when: {"header:a": x}', "GET on the same paths;"),
        ('when: {"header:A": [x, y]}', 'when: {"header:a": [y, z]}', "GET on the same paths;"),
        ('when: {"header:A": x}', 'when: {"header:a": "*"}', "GET on the same paths;"),
        ('host: a, when: {"query:q": x}', 'host: a, when: {"query:p": x}', "of a;"),
    ],
)
def test_two_of_equal_right_are_refused_with_their_place(first, second, said) -> None:
    lines = [f"name: {n}, match: GET /a, stage: legacy, {more}" for n, more in
             (("one", first), ("two", second))]  # fmt: skip
    with pytest.raises(RouteFileError) as error:
        table(*lines)
    (problem,) = error.value.problems
    assert said in problem.message
    assert "'one' (line 4)" in problem.message
    assert (problem.line, problem.column) == (5, 24)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", "host: a"),
        ("host: a", "host: b"),
        ("host: a.b", 'host: "*.b"'),
        ('host: "*.b"', 'host: "*.a.b"'),
        ("", 'when: {"query:a": x}'),
        ('when: {"query:a": x}', 'when: {"query:a": y}'),
        ('when: {"query:a": x}', 'when: {"query:A": x, "header:b": y}'),
        ('host: a, when: {"query:a": x}', 'host: b, when: {"query:b": x}'),
    ],
)
def test_where_one_goes_before_the_other_both_may_stand(first, second) -> None:
    lines = [f"name: {n}, match: GET /a, stage: legacy, {more}" for n, more in
             (("one", first), ("two", second))]  # fmt: skip
    assert len(table(*lines).routes) == 2


@pytest.mark.parametrize(
    ("more", "column", "said"),
    [
        ("host: shop.example:80", 43, "expected a host such as shop.example"),
        ('host: "*"', 43, "expected a host such as"),
        ('host: "a.*.b"', 43, "expected a host such as"),
        ("host: []", 43, "at least one entry"),
        ("host: shop.example/x", 43, "expected a host such as"),
        ('when: {"body:a": x}', 44, "unknown source 'body:a'"),
        ('when: {"header:": x}', 44, "unknown source 'header:'"),
        ('when: {"header:a b": x}', 44, "unknown source"),
        ('when: {"query:a": []}', 55, "at least one entry"),
        ('when: {"query:a": {b: c}}', 55, "expected a list"),
        ('testers: {"query:a": x}', 46, "'new' is missing: testers are answered by the new side"),
    ],
)
def test_what_is_refused_with_its_place(more: str, column: int, said: str) -> None:
    with pytest.raises(RouteFileError) as error:
        table(f"name: a, match: GET /a, stage: legacy, {more}")
    (problem,) = error.value.problems
    assert said in problem.message
    assert problem.line == 4
    assert abs(problem.column - column) <= 8


TESTERS = (
    "name: a, match: GET /a, new: fresh, stage: %s,"
    ' testers: {"query:fig": new, "header:X-User": [anna, ben]}%s'
)
MORE = {
    "legacy": "",
    "shadow": ", compare: {sample: 10%}",
    "canary": ", percent: 0",
    "new": "",
    "retired": "",
}


@pytest.mark.parametrize(
    ("stage", "tester", "other"),
    [
        ("legacy", "legacy", "legacy"),
        ("shadow", "new", "legacy"),
        ("canary", "new", "legacy"),
        ("new", "new", "new"),
        ("retired", "new", "new"),
    ],
)
def test_testers_go_to_the_new_side_where_it_is_asked_at_all(stage, tester, other) -> None:
    one = table(TESTERS % (stage, MORE[stage]))
    for question, side in (
        (Question("GET", "/a?fig=new"), tester),
        (Question("GET", "/a", (("X-User", "ben"),)), tester),
        (Question("GET", "/a", (("X-User", "eve"),)), other),
        (Question("GET", "/a?fig=old"), other),
    ):
        said = explain(one, question)
        assert (said.side, said.route) == (side, "a")
        tested = stage in ("shadow", "canary") and side == "new"
        assert (said.reason == "tester") == tested


def test_a_tester_has_the_route_and_none_of_its_percentage() -> None:
    one = table(
        TESTERS % ("canary", ", percent: 50, guard: {max_error_ratio: 2, on_breach: legacy}")
    )
    located = one.locate("GET", b"/a?fig=new")
    chosen = located.of(Asked("", [], b"/a?fig=new")).route
    assert (chosen.tester, chosen.watched, chosen.needs_key) == (True, False, False)
    assert located.route.watched
    assert not located.route.tester


def test_a_path_of_two_readings_is_refused_where_testers_reach_the_new_side() -> None:
    one = table(TESTERS % ("shadow", MORE["shadow"]))
    with pytest.raises(TargetRefused):
        one.locate("GET", b"/x/..;/a")
    with pytest.raises(TargetRefused):
        one.locate("get", b"/a")
    calm = table(TESTERS % ("legacy", ""))
    assert calm.locate("GET", b"/a;x").route.name == "(unmatched)"


def test_a_near_miss_is_found_beside_conditions() -> None:
    one = table("name: a, match: GET /cart, stage: legacy, host: h.test")
    missed = one.locate("GET", b"/Cart").missed
    assert missed is not None
    assert missed.name == "a"
    assert one.locate("GET", b"/cart").missed is None


def test_case_and_slash_are_ignored_beside_conditions() -> None:
    one = table(*HOSTS, facade="{match_case: false, trailing_slash: ignore}")
    assert found(one, "/A/", "shop.example") == "one"


def test_a_preflight_goes_where_the_host_and_the_method_lead() -> None:
    one = table(
        "name: a, match: POST /a, new: fresh, stage: new, host: a.test",
        "name: b, match: POST /a, new: fresh, stage: new, host: b.test",
    )
    for host, name in (("a.test", "a"), ("b.test", "b"), ("c.test", "(unmatched)")):
        route = one.locate_preflight("POST", b"/a").of(Asked(host, [], b"/a")).route
        assert (route.name, route.safe) == (name, True)


def test_what_the_file_calls_a_host() -> None:
    one = table(*HOSTS)
    names = [one.host_named(host) for host in ("shop.example", "x.shop.example", "y.example", "z")]
    assert names == ["shop.example", "*.example", "*.example", "*"]


def test_explain_says_what_decided_between_routes() -> None:
    one = table(*HOSTS)
    said = explain(one, Question("GET", "/a", host="shop.example:8443"))
    assert (said.route, said.match) == ("one", "GET //shop.example/a")
    assert said.sentence.endswith("; by host or conditions it is not of 'wider', 'wide', 'any'")
    by_header = explain(one, Question("GET", "/a", (("Host", "shop.example"),)))
    assert by_header.route == "one"
    alone = explain(table(HOSTS[1]), Question("GET", "/a"))
    assert alone.route is None
    assert "by host or conditions it is not of 'one'" in alone.sentence
