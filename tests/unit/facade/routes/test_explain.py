"""Explanations say what a worker would do."""

from collections.abc import Callable

import pytest

from facade.routes.decision import Key, decide
from facade.routes.explain import Question, explain
from facade.routes.file.reading import load
from facade.routes.matching.paths import TargetRefused
from facade.routes.table import RouteTable, compile_table

ROUTES = """
  - name: detail
    match: GET /api/products/{sku}
    new: catalog
    stage: canary
    percent: 25
    key: [session]
    compare: {sample: 10%}
  - {name: all, match: GET /all, new: catalog, stage: canary, percent: 100}
  - {name: moved, match: GET /moved, new: catalog, stage: new}
  - {name: gone, match: GET /gone, new: catalog, stage: retired}
  - {name: seen, match: GET /seen, new: catalog, stage: shadow, compare: {sample: 1%}}
"""


@pytest.fixture
def routes(table: Callable[[str], RouteTable]) -> RouteTable:
    return table(ROUTES)


def test_a_canary_is_explained_by_its_bucket(routes: RouteTable) -> None:
    answer = explain(routes, Question("get", "/api/products/17?x=1", user="42"))
    route = routes.match("GET", "/api/products/17")
    decided = decide(route, Key("42", "session"), new_available=True, draw=0)
    assert (answer.route, answer.stage, answer.percent) == ("detail", "canary", "25%")
    assert (answer.side, answer.bucket, answer.reason) == (decided.side, decided.bucket, "percent")
    assert (answer.key, answer.key_source, answer.sticky) == ("42", "session", True)
    assert answer.sentence == f"bucket {decided.bucket} is not below 2500 (25% of 10000)"
    assert (answer.compared, answer.version) == ("10%", routes.version)


def test_the_three_ways_to_say_who_asks_agree(routes: RouteTable) -> None:
    asked = [
        Question("GET", "/api/products/17", user="42"),
        Question("GET", "/api/products/17", cookies=(("session", "42"),)),
        Question("GET", "/api/products/17", headers=(("Cookie", "a=b; session=42"),)),
    ]
    assert len({explain(routes, question).bucket for question in asked}) == 1


def test_without_a_key_it_says_so(routes: RouteTable) -> None:
    answer = explain(routes, Question("GET", "/api/products/17"))
    assert (answer.reason, answer.bucket, answer.sticky) == ("no-key", None, False)
    assert "none of its keys (session)" in answer.sentence


@pytest.mark.parametrize(
    ("path", "down", "side", "reason", "said"),
    [
        ("/all", False, "new", "percent", "canary at 100%: every client"),
        ("/moved", False, "new", "stage", "the new side answers all of it"),
        ("/moved", True, "legacy", "unavailable", "'catalog' cannot be asked now"),
        ("/gone", True, "new", "stage", "without fallback"),
        ("/seen", False, "legacy", "stage", "the new side is asked too"),
        ("/else", False, "legacy", "unmatched", "unknown paths go to legacy"),
    ],
)
def test_each_reason_has_its_sentence(
    routes: RouteTable, path: str, down: bool, side: str, reason: str, said: str
) -> None:
    answer = explain(routes, Question("GET", path, new_available=not down))
    assert (answer.side, answer.reason) == (side, reason)
    assert said in answer.sentence


def test_an_unknown_path_has_no_route(routes: RouteTable) -> None:
    answer = explain(routes, Question("GET", "/else"))
    assert (answer.route, answer.match, answer.bucket) == (None, None, None)
    assert answer.as_json()["upstream"] == "legacy"


def test_a_refused_target_is_not_explained_away(routes: RouteTable) -> None:
    with pytest.raises(TargetRefused):
        explain(routes, Question("GET", "//all"))


@pytest.mark.parametrize(("owner", "why"), [("legacy", None), ("new", "legacy refuses writes")])
def test_it_says_why_a_write_is_pinned(owner: str, why: str | None) -> None:
    text = f"""
upstreams: {{legacy: {{url: "http://127.0.0.1:1"}}, catalog: {{url: "http://127.0.0.1:2"}}}}
domains: {{goods: {{owner: {owner}}}}}
routes:
  - {{name: save, match: GET|POST /save, new: catalog, stage: new, domain: goods}}
"""
    made = compile_table(load(text.encode()).file)
    answer = explain(made, Question("POST", "/save", new_available=False))
    assert (answer.side, why or "") == ("new", why or "")
    assert answer.pinned is None if why is None else why in str(answer.pinned)
    assert explain(made, Question("GET", "/save")).pinned is None
    assert explain(made, Question("GET", "/other")).pinned is None


@pytest.mark.parametrize(("stage", "asked"), [("legacy", "legacy"), ("new", "catalog")])
def test_it_says_who_says_who_is_asking(stage: str, asked: str) -> None:
    text = f"""
facade: {{identity: {{ask: /api/me}}}}
upstreams:
  legacy: {{url: "http://127.0.0.1:1"}}
  catalog: {{url: "http://127.0.0.1:2"}}
routes:
  - {{name: me, match: GET /api/me, new: catalog, stage: {stage}}}
  - {{name: mine, match: GET /mine, new: catalog, stage: new, needs: [identity]}}
"""
    made = compile_table(load(text.encode()).file)
    assert explain(made, Question("GET", "/mine")).identity_from == asked
    assert explain(made, Question("GET", "/api/me")).identity_from is None


COMPOSED = """
  - name: page
    match: GET /page/{sku}
    compose:
      product: GET /api/products/{sku}
      odd: {get: "/old;v=1", optional: true}
      old: GET /elsewhere
  - {name: product, match: "GET /api/products/{sku}", new: catalog, stage: new}
"""


def test_a_composed_route_says_where_each_part_goes(table: Callable[[str], RouteTable]) -> None:
    answer = explain(table(COMPOSED), Question("GET", "/page/P-1", user="42"))
    assert (answer.route, answer.stage, answer.side, answer.upstream) == (
        "page", "composed", "composed", ""
    )  # fmt: skip
    assert (answer.key, answer.bucket, answer.keys_tried, answer.seed) == (None, None, (), "")
    product, odd, old = answer.parts
    assert (product.name, product.target, product.optional) == (
        "product", "/api/products/P-1", False
    )  # fmt: skip
    assert (product.route, product.stage, product.side) == ("product", "new", "new")
    assert (old.route, old.side) == (None, "legacy")
    assert (odd.side, odd.optional) == ("legacy", True)
