"""Lookups in the compiled table: the most specific route, and targets that could be read twice."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.routes.config.routefile import LEGACY, RouteConfig, RouteFile, UpstreamConfig
from facade.routes.matching.paths import TargetRefused
from facade.routes.stages import Stage
from facade.routes.table import UNMATCHED_NAME, RouteTable, compile_table

TableMaker = Callable[[str], RouteTable]

SHOP = """
  - {name: list, match: GET /api/products, stage: legacy}
  - {name: detail, match: "GET /api/products/{sku}", stage: canary, percent: 10, new: catalog}
  - {name: top, match: GET /api/products/top, stage: legacy}
  - {name: review, match: "GET /api/products/{sku}/reviews", stage: legacy}
  - {name: top-prices, match: GET /api/products/top/prices, stage: legacy}
  - {name: edit, match: "PUT|DELETE /api/products/{sku}", stage: legacy}
  - {name: static, match: "GET /static/{path*}", stage: legacy}
  - {name: logo, match: GET /static/logo.png, stage: legacy}
  - {name: home, match: GET /, stage: legacy}
  - {name: any, match: "* /any", stage: legacy}
"""


@pytest.fixture
def shop(table: TableMaker) -> RouteTable:
    return table(SHOP)


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/api/products", "list"),
        ("GET", "/api/products/", None),  # a slash at the end is another path
        ("GET", "/api/products/17", "detail"),
        ("HEAD", "/api/products/17", "detail"),
        ("POST", "/api/products/17", None),
        ("PUT", "/api/products/17", "edit"),
        ("DELETE", "/api/products/top", "edit"),  # the literal has no DELETE
        ("GET", "/api/products/top", "top"),
        ("GET", "/api/products/top/reviews", "review"),  # `top` leads nowhere, `{sku}` does
        ("GET", "/api/products/top/prices", "top-prices"),
        ("GET", "/api/products/17/prices", None),
        ("GET", "/static/css/site.css", "static"),
        ("GET", "/static/logo.png", "logo"),
        ("GET", "/static/", "static"),
        ("GET", "/static", None),
        ("GET", "/", "home"),
        ("GET", "/Api/products", None),
        ("PROPFIND", "/any", "any"),
        ("GET", "/any", "any"),
        ("GET", "/nowhere", None),
    ],
)
def test_match_finds_the_most_specific_route(
    shop: RouteTable, method: str, path: str, name: str | None
) -> None:
    expected = name or UNMATCHED_NAME
    assert shop.match(method, path).name == expected
    assert shop.match(method.encode(), path).name == expected


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (b"/api/products/17?q=%2f..", "detail"),
        (b"/api/products/caf%C3%A9", "detail"),
        (b"/api/products/a%20b", "detail"),
        (b"/api/products/a;v=1", "detail"),
        (b"http://shop.example/api/products/17", "detail"),
        (b"HTTP://shop.example:80/api/products/17?x", "detail"),
        (b"http://shop.example", "home"),
        (b"/static//css/site.css", "static"),
        (b"/static/a%2Fb", "static"),
        (b"//nowhere/else", UNMATCHED_NAME),
        (b"/nowhere/../else", UNMATCHED_NAME),
        (b"*", UNMATCHED_NAME),
    ],
)
def test_locate_target(shop: RouteTable, target: bytes, name: str) -> None:
    assert shop.locate(b"GET", target).route.name == name


@pytest.mark.parametrize(
    "target",
    [
        b"//api/products/17",
        b"/api//products/17",
        b"/api/./products/17",
        b"/api/x/../products/17",
        b"/api/%2e%2e/api/products/17",
        b"/api/%2E%2e/api/products/17",
        b"/api/products/17%2freviews",
        b"/api/products/17%2Freviews",
        b"/%61pi/products/17",
        b"/API/..//api/products/17",
        b"/api;x=1/products/17",
        b"/api;x=1/../api/products/17",
        b"/nowhere/..;/api/products/17",
        b"/nowhere/..%3b/api/products/17",
        b"/nowhere/%2e%2e;x/api/products/17",
        b"/api%5cproducts%5c17",
        b"/static/../api/products/17",
        b"/static/%2e%2e/api/products/17",
        b"http://shop.example//api/products/17",
    ],
)
def test_locate_refuses_what_could_be_read_as_another_route(
    shop: RouteTable, target: bytes
) -> None:
    with pytest.raises(TargetRefused, match="two ways"):
        shop.locate(b"GET", target)


def test_the_resolved_path_is_decoded_once(shop: RouteTable) -> None:
    assert shop.locate(b"GET", b"/api/products/a%2520b").path == "/api/products/a%20b"


@given(st.binary(max_size=40))
def test_any_target_is_located_or_refused(tail: bytes) -> None:
    routes = (RouteConfig("a", ("GET",), "/a/{x}", Stage.LEGACY),)
    upstreams = {LEGACY: UpstreamConfig(LEGACY, ("http://127.0.0.1:1",))}
    table = compile_table(RouteFile("v", upstreams, routes))
    try:
        located = table.locate(b"GET", b"/" + tail)
    except TargetRefused:
        return
    assert located.route is table.match("GET", located.path)


segments = st.sampled_from(["a", "b", "{x}", "{y}"])
templates = st.lists(segments, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))


@given(st.lists(templates, min_size=1, max_size=8, unique=True), st.data())
def test_the_tree_agrees_with_trying_every_template(given: list[str], data: st.DataObject) -> None:
    """Against the plain rule: of all templates that fit, the one most specific from the left."""
    by_shape = {t.replace("{y}", "{x}"): t for t in given}
    routes = tuple(RouteConfig(t, ("GET",), t, Stage.LEGACY) for t in by_shape)
    upstreams = {LEGACY: UpstreamConfig(LEGACY, ("http://127.0.0.1:1",))}
    table = compile_table(RouteFile("v", upstreams, routes))
    path = data.draw(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4))
    fitting = [t for t in by_shape if _fits(t.split("/")[1:], path)]
    expected = max(fitting, key=_literals, default=UNMATCHED_NAME)
    assert table.match("GET", "/" + "/".join(path)).name == expected


def _fits(template: list[str], path: list[str]) -> bool:
    same_length = len(template) == len(path)
    return same_length and all(
        t.startswith("{") or t == p for t, p in zip(template, path, strict=True)
    )


def _literals(template: str) -> list[bool]:
    return [not segment.startswith("{") for segment in template.split("/")]


def test_a_route_knows_what_the_hot_path_needs(table: TableMaker) -> None:
    made = table("""
  - name: detail
    match: GET|POST /x/{id}
    new: catalog
    stage: canary
    percent: 12.5
    seed: s
    compare: {sample: 5%}
    timeout: 2s
    max_body: 1KiB
    needs: [session]
facade: {identity: {ask: /me, forget_on: [detail]}}
""")
    reading, writing = made.match("GET", "/x/1"), made.match("POST", "/x/1")
    assert (reading.name, reading.threshold, reading.seed) == ("detail", 1250, "s")
    assert (reading.safe, reading.sample, reading.fallback) == (True, 500, True)
    assert (writing.safe, writing.sample, writing.fallback) == (False, 0, False)
    assert (reading.timeout, reading.max_body) == (2.0, 1024)
    assert reading.needs == {"identity", "session"}
    assert reading.forgets
    assert (reading.yields, writing.yields) == (True, True)
    assert reading.needs_key


def test_a_route_may_declare_its_post_safe(table: TableMaker) -> None:
    made = table(
        "  - {name: s, match: POST /search, stage: shadow, new: catalog,"
        " safe: true, compare: {sample: 1%}}"
    )
    route = made.match("POST", "/search")
    assert (route.safe, route.sample) == (True, 100)


def test_the_version_is_a_hash_of_the_bytes(table: TableMaker) -> None:
    one, other = table("  []"), table("  []  # a comment")
    assert one.version != other.version
    assert len(one.version) == 12
