"""Reading the route file: good files, and bad ones with every error at its place."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.routes.config.routefile import ArrayRule, Compare, Guard, Tolerance
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load, load_path
from facade.routes.stages import Stage

Errors = Callable[[str], list[str]]

GOOD = """\
facade:
  expose: true
  access_log: 1%
  trusted_proxies: [10.0.0.0/8, "::1"]
  limits: {body: 10MB}
  timeouts: {exchange: 0, idle: 1m}
upstreams:
  legacy: {url: http://127.0.0.1:5000/}
  catalog:
    urls: [http://a:1, http://b:2]
    balance: least-busy
    health: {path: /readyz, interval: 500ms}
    breaker: {failure_ratio: 30%, open_for: 1s}
    timeouts: {first_byte: 250ms}
routes:
  - name: product-detail
    match: GET /api/products/{sku}
    new: catalog
    stage: canary
    percent: 0.1
    key: [path:sku, "cookie:session", client]
    compare: {sample: 10%, rules: product}
    guard: {max_mismatch: 0.1%, max_error_ratio: 1.5, max_p95_ratio: 1.5, on_breach: shadow}
    fallback: false
compare_rules:
  product:
    arrays: {"$.variants": {key: sku}, "$.tags": unordered}
    tolerate: {"$.price": {decimal: 0.005}, "$.updated": {seconds: 2}}
    expect: [{path: "$.stock_text", why: "'1 lefts'", owner: web-team, until: 2027-03-01}]
"""


def test_a_good_file_is_read_whole() -> None:
    file = load(GOOD.encode(), today=date(2026, 1, 1)).file
    route, catalog = file.routes[0], file.upstreams["catalog"]
    assert (route.stage, route.percent, route.fallback.allowed) == (Stage.CANARY, 10, False)
    assert [str(source) for source in route.key] == ["path:sku", "cookie:session", "client"]
    assert route.compare == Compare(1000, "product")
    assert route.guard == Guard(Stage.SHADOW, 10, 1.5, 1.5)
    assert file.upstreams["legacy"].urls == ("http://127.0.0.1:5000",)
    assert (catalog.urls, catalog.balance) == (("http://a:1", "http://b:2"), "least-busy")
    assert catalog.health is not None and catalog.health.interval == 0.5
    assert (catalog.breaker.failure_ratio, catalog.breaker.open_for) == (3000, 1.0)
    assert catalog.timeouts.first_byte == 0.25
    assert (file.facade.access_log, file.facade.limits.body) == (100, 10_000_000)
    assert (file.facade.timeouts.exchange, file.facade.timeouts.idle) == (0, 60)
    rules = file.compare_rules["product"]
    assert rules.arrays == (ArrayRule("$.variants", key="sku"), ArrayRule("$.tags", unordered=True))
    assert rules.tolerate == (
        Tolerance("$.price", decimal=0.005),
        Tolerance("$.updated", seconds=2),
    )
    assert rules.expect[0].until == date(2027, 3, 1)


RULES = "upstreams: {legacy: {url: http://h}}\ncompare_rules: {r: {%s}}"


@pytest.mark.parametrize(
    ("rules", "line"),
    [
        ("ignore: ['$.a[0']", "2:30: compare_rules.r.ignore: '$.a[0' cannot be read from"
         " character 4 on; expected a path such as $.lines[*].price or $..price"),
        ("tolerate: {'$.a b.': shape}", "2:32: compare_rules.r.tolerate.$.a b.: '$.a b.' cannot be"
         " read from character 6 on; expected a path such as $.lines[*].price or $..price"),
        ("arrays: {price: unordered}", "2:30: compare_rules.r.arrays.price: expected a path such"
         " as $.price, not 'price'"),
        ("secret: ['$header:x']", "2:30: compare_rules.r.secret: expected a path in JSON such as"
         " $.price: this has no effect at '$header:x'"),
        ("ignore: [$state]", "2:30: compare_rules.r.ignore: '$state' is no place in an answer;"
         " expected $.… or one of $status, $header:NAME, $cookie:NAME, $html/…, $text, $body"),
        ("tolerate: {$.a: {strip: '['}}", "2:45: compare_rules.r.tolerate.$.a.strip: '[' is no"
         " regular expression: unterminated character set at position 0"),
        ("tolerate: {$.a: {strip: 'x*'}}", "2:45: compare_rules.r.tolerate.$.a.strip: 'x*' may"
         " match nothing at all; say what has to stand there"),
        ("expect: [{path: $.a, within: {decimal: 1, seconds: 1}, why: w, owner: o,"
         " until: 2099-01-01}]", "2:50: compare_rules.r.expect.within: expected exactly one of"
         " decimal, seconds, strip"),
    ],
)  # fmt: skip
def test_rules_that_could_not_work_are_refused(errors: Errors, rules: str, line: str) -> None:
    assert errors(RULES % rules) == [f"routes.yaml:{line}"]


def test_the_smallest_file() -> None:
    file = load(b"upstreams: {legacy: {url: http://h}}").file
    assert file.routes == ()
    assert file.facade.session_cookie == "session"


def test_all_errors_come_at_once_in_the_order_of_the_file(errors: Errors) -> None:
    assert errors("""\
upstreams:
  legacy: {url: http://127.0.0.1:5000}
  catalg: {service: catalog, url: http://x}
routes:
  - name: a
    match: GET /x/{y}
    stage: canry
    new: catalog
    percent: 120
    key: [cookie:s, path:z]
    stge: 1
  - name: a
    match: GET|POST /x/{z}
    stage: shadow
    stage: new
    compare: {rules: nope}
  - 17
fcade: 1
""") == [
        "routes.yaml:3:11: upstreams.catalg: expected exactly one of url, urls, service"
        " (found url and service)",
        "routes.yaml:7:12: stage: unknown stage 'canry'"
        " (expected one of legacy, shadow, canary, new, retired)",
        "routes.yaml:8:10: new: unknown upstream 'catalog' (did you mean 'catalg'?)",
        "routes.yaml:9:14: percent: 120 is out of range (expected 0 to 100)",
        "routes.yaml:10:21: key: '/x/{y}' has no parameter '{z}'",
        "routes.yaml:11:5: stge: unknown key 'stge' (did you mean 'stage'?)",
        "routes.yaml:12:5: new: 'new' is missing: stage shadow needs the other side",
        "routes.yaml:12:11: name: duplicate route 'a' (first in line 5)",
        "routes.yaml:13:12: match: duplicate match: GET on the same paths as 'a' (line 6)",
        "routes.yaml:15:5: stage: 'stage' is written twice (first in line 14)",
        "routes.yaml:16:14: compare.sample: 'sample' is missing",
        "routes.yaml:16:22: compare.rules: unknown rules 'nope' (expected one of )",
        "routes.yaml:17:5: expected a mapping with name, match, host, when, testers, stage, new,"
        " percent, key, seed, fallback, safe, compare, guard, promote, plan, max_lag, domain,"
        " timeout, first_byte, compose, max_body, attempts, limits, allow, needs",
        "routes.yaml:18:1: fcade: unknown key 'fcade' (did you mean 'facade'?)",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "1:1: the file is empty; expected 'upstreams'"),
        ("# only a comment", "1:1: the file is empty; expected 'upstreams'"),
        ("17", "1:1: expected a mapping with facade, upstreams, routes, domains, limits, machines,"
         " plans, compare_rules"),
        ("routes: []", "1:1: upstreams: 'upstreams' is missing"),
        ("upstreams: {a: {url: http://h}}",
         "1:12: upstreams: 'legacy' is missing: unknown paths go to it"),
        ("upstreams: [", "2:1: not YAML: while parsing a flow node, did not find expected node"
         " content"),
        ("upstreams:\n\tlegacy: 1", "2:1: not YAML: while scanning for the next token, found"
         " character that cannot start any token"),
        ("a: 1\n---\nb: 2", "2:1: not YAML: expected a single document in the stream, but found"
         " another document"),
        ("upstreams: {legacy: {}}",
         "1:21: upstreams.legacy: expected exactly one of url, urls, service (found none)"),
        ("upstreams: {legacy: {url: http://h, session_cookie: keep}}",
         "1:53: upstreams.legacy.session_cookie: legacy always sees its own cookie; remove this"
         " key"),
        ("upstreams: {legacy: {url: http://h}, a: {url: http://n, session_cookie: keep}}",
         "1:73: upstreams.a.session_cookie: 'keep' without 'facade.identity': then every side sees"
         " every cookie; remove this key, or say identity"),
        ("upstreams: {legacy: {url: http://h}, a: {url: http://n, session_cookie: hide}}",
         "1:73: upstreams.a.session_cookie: unknown rule 'hide' (expected one of remove, keep)"),
        ("upstreams: {legacy: {urls: []}}",
         "1:28: upstreams.legacy.urls: expected a list with at least one entry"),
        ("upstreams: {legacy: {url: 'unix:run/s'}}", "1:27: upstreams.legacy.url: expected a socket"
         " such as unix:/run/shop.sock, not 'unix:run/s'"),
        ("upstreams: {legacy: {url: localhost:80}}", "1:27: upstreams.legacy.url: expected an"
         " address such as http://host:5000, not 'localhost:80'"),
        ("upstreams: {legacy: {url: 'http://h:99999'}}", "1:27: upstreams.legacy.url: expected an"
         " address such as http://host:5000, not 'http://h:99999'"),
    ],
)  # fmt: skip
def test_a_broken_file_is_answered_with_its_place(errors: Errors, text: str, line: str) -> None:
    assert errors(text)[0] == f"routes.yaml:{line}"


@pytest.mark.parametrize(
    ("route", "said"),
    [
        ("match: GET /login, attempts: {account: form:email}",
         "no method of this route writes: a login is a POST; remove this key"),
        ("match: POST /login, safe: true, attempts: {account: form:email}",
         "no method of this route writes: a login is a POST; remove this key"),
        ("match: POST /login, attempts: {}", "'account' is missing"),
        ("match: POST /login, attempts: {account: email}",
         "expected form:FIELD or json:FIELD, not 'email'"),
        ("match: POST /login, attempts: {account: form:e, per_account: 0}", "expected"),
        ("match: POST /login, attempts: {account: form:e, per_minute: 3}", "unknown key"),
    ],
)  # fmt: skip
def test_limits_of_logins_that_could_not_act_are_refused(
    errors: Errors, route: str, said: str
) -> None:
    head = "upstreams: {legacy: {url: http://h}}\nroutes: [{name: a, stage: legacy, "
    assert said in errors(f"{head}{route}}}]")[0]


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("stage: legacy, percent: 5", "percent: only stage canary has a percent, not legacy"),
        ("stage: new, new: catalog, percent: 5", "percent: only stage canary has a percent, not"),
        ("stage: canary, new: catalog", "percent: 'percent' is missing: stage canary needs it"),
        ("stage: canary, new: catalog, percent: -1", "percent: -1 is out of range"),
        ("stage: canary, new: catalog, percent: 100.01", "percent: 100.01 is out of range"),
        ("stage: canary, new: catalog, percent: 0.001", "finer than the 10,000 buckets allow"),
        ("stage: canary, new: catalog, percent: many", "expected a percentage such as 25, 10%"),
        ("stage: canary, new: catalog, percent: [5]", "percent: expected a single value"),
        ("stage: canary, new: catalog, percent: ''", "percent: expected a percentage"),
        ("stage: shadow, new: catalog", "compare: 'compare.sample' is missing: a mirror's share"),
        ("stage: shadow, new: catalog, compare: {}", "compare.sample: 'sample' is missing"),
        ("stage: shadow, new: nowhere, compare: {sample: 1}", "new: unknown upstream 'nowhere'"),
        ("stage: new, new: legacy", "new: the new side cannot be 'legacy'"),
        ("stage: new", "new: 'new' is missing: stage new needs the other side"),
        ("stage: legacy, key: []", "key: expected a list with at least one entry"),
        ("stage: legacy, key: session", "key: expected a list"),
        ("stage: legacy, key: [cookie]", "key: unknown key 'cookie' (expected one of cookie:NAME"),
        ("stage: legacy, key: [query:x]", "key: unknown key 'query:x'"),
        ("stage: legacy, key: ['path:sku']", "has no parameter '{sku}'"),
        ("stage: legacy, fallback: maybe", "fallback: expected true or false, not 'maybe'"),
        ("stage: legacy, timeout: 5", "timeout: expected a time such as 250ms, 2s or 1m"),
        ("stage: legacy, timeout: 0s", "timeout: expected a time"),
        ("stage: legacy, max_body: lots", "max_body: expected a size such as 64KiB"),
        ("stage: legacy, needs: [coffee]", "needs: unknown need 'coffee'"),
        ("stage: legacy, guard: {max_p95_ratio: 2}", "guard.on_breach: 'on_breach' is missing"),
        ("stage: legacy, guard: {max_mismatch: 1%, on_breach: legacy}", "no pairs without"),
        ("stage: legacy, guard: {on_breach: new}", "unknown stage 'new' (expected one of legacy,"),
        ("stage: legacy, guard: {on_breach: shadow}", "stage shadow needs 'compare.sample'"),
        ("stage: legacy, compare: {sample: 1%, rules: good}", "did you mean 'goods'?"),
    ],
)
def test_a_bad_value_of_a_route(
    route_errors: Callable[[str], list[str]], inside: str, said: str
) -> None:
    found = route_errors(inside)
    assert len(found) == 1, found
    assert found[0].startswith("routes.yaml:4:")
    assert said in found[0]


def test_line_and_column_count_characters(errors: Errors) -> None:
    text = "upstreams: {legacy: {url: http://h}}\nroutes:\n  - {name: 🦊, match: GET /ä, stage: x}"
    name, stage = errors(text)
    assert name.startswith("routes.yaml:3:12: name: expected a name of letters")
    assert stage.startswith("routes.yaml:3:37: stage: unknown stage 'x'")


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(RouteFileError, match=r"routes.yaml:2:4: expected UTF-8"):
        load(b"a: 1\nb: \xff\n")


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(RouteFileError, match="cannot read the file: No such file or directory"):
        load_path(tmp_path / "none.yaml")


def test_warnings_do_not_refuse_the_file() -> None:
    loaded = load(GOOD.encode(), today=date(2027, 3, 2))
    assert loaded.warning_lines == [
        "routes.yaml:29:79: warning: compare_rules.product.expect.until: expired on 2027-03-01:"
        " the difference counts as a mismatch again"
    ]


def test_what_nobody_uses_is_said() -> None:
    text = "upstreams: {legacy: {url: http://h}, other: {url: http://h}}\ncompare_rules: {r: {}}"
    lines = load(text.encode()).warning_lines
    assert ["no route uses" in line for line in lines] == [True, True]


def test_a_problem_names_its_route() -> None:
    with pytest.raises(RouteFileError) as caught:
        load(GOOD.replace("catalog\n    stage: canary", "nope\n    stage: canary").encode())
    assert [problem.route for problem in caught.value.problems] == ["product-detail"]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    try:
        load(text.encode("utf-8", "surrogatepass"))
    except RouteFileError as error:
        assert error.problems


lines_of_good = st.sampled_from(range(len(GOOD.splitlines())))


@given(st.lists(lines_of_good, max_size=4), st.text("{}[]:,#&*!|>'\"%@` -\n\t~", max_size=4))
def test_a_damaged_file_is_read_or_refused_with_a_reason(dropped: list[int], junk: str) -> None:
    kept = [line for index, line in enumerate(GOOD.splitlines()) if index not in dropped]
    kept[len(kept) // 2] += junk
    try:
        load("\n".join(kept).encode())
    except RouteFileError as error:
        assert all(problem.line >= 1 and problem.message for problem in error.problems)
