"""Which side answers, and why: the key of a request, its bucket, the side."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.routes.config.routefile import (
    Compare,
    FacadeOptions,
    Fallback,
    KeySource,
    RouteConfig,
    RouteFile,
    SessionOptions,
    UpstreamConfig,
)
from facade.routes.decision import (
    BUCKETS,
    Key,
    bucket_of,
    compile_key,
    decide,
    identify,
    random_bucket,
    sampled,
)
from facade.routes.keys import Headers
from facade.routes.route import Decision, Route
from facade.routes.stages import Stage
from facade.routes.table import RouteTable, compile_table


def route(stage: Stage, percent: int | None = None, **more: object) -> Route:
    """A route `GET|POST /x` in a stage, for the method that reads."""
    return both(stage, percent, **more).match("GET", "/x")


def both(stage: Stage, percent: int | None = None, **more: object) -> RouteTable:
    config = RouteConfig("r", ("GET", "POST"), "/x", stage, "new", percent, **more)  # type: ignore[arg-type]
    upstreams = {name: UpstreamConfig(name, ("http://h:1",)) for name in ("legacy", "new")}
    return compile_table(RouteFile("v", upstreams, (config,)))


def side_of(of: Route, key: str | None = "k", new_available: bool = True) -> str:
    found = None if key is None else Key(key, "client")
    return decide(of, found, new_available=new_available, draw=0.5).side


@pytest.mark.parametrize(
    ("stage", "percent", "side", "reason"),
    [
        (Stage.LEGACY, None, "legacy", "stage"),
        (Stage.SHADOW, None, "legacy", "stage"),
        (Stage.CANARY, 0, "legacy", "percent"),
        (Stage.CANARY, 10_000, "new", "percent"),
        (Stage.NEW, None, "new", "stage"),
        (Stage.RETIRED, None, "new", "stage"),
    ],
)
@pytest.mark.parametrize("key", [None, Key("k", "client")])
def test_stages_that_decide_alone(
    stage: Stage, percent: int | None, side: str, reason: str, key: Key | None
) -> None:
    made = route(stage, percent)
    assert not made.needs_key
    decision = decide(made, key, new_available=True, draw=0.99)
    assert (decision.side, decision.reason, decision.sticky) == (side, reason, True)
    assert decision.upstream == side


def test_canary_decides_by_bucket() -> None:
    key = Key("42", "cookie:session")  # bucket 7774 with this seed
    below, above = (route(Stage.CANARY, n, seed="products") for n in (7775, 7774))
    assert decide(below, key, new_available=True, draw=0) == Decision(
        "new", "new", 7774, "percent", True
    )
    assert decide(above, key, new_available=True, draw=0) == Decision(
        "legacy", "legacy", 7774, "percent", True
    )


def test_without_a_key_chance_decides_and_it_is_said() -> None:
    made = route(Stage.CANARY, 2500)
    lucky, other = (decide(made, None, new_available=True, draw=draw) for draw in (0.2, 0.3))
    assert lucky == Decision("new", "new", 2000, "no-key", False)
    assert other == Decision("legacy", "legacy", 3000, "no-key", False)


@given(
    st.text(min_size=1),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.text(min_size=1, max_size=5),
)
def test_growing_only_adds_users(key: str, one: int, other: int, seed: str) -> None:
    less, more = sorted((one, other))
    if side_of(route(Stage.CANARY, less, seed=seed), key) == "new":
        assert side_of(route(Stage.CANARY, more, seed=seed), key) == "new"


@given(st.text(min_size=1), st.integers(0, 10_000))
def test_routes_that_share_a_seed_move_together(key: str, percent: int) -> None:
    one = RouteConfig("a", ("GET",), "/a", Stage.CANARY, "new", percent, seed="s")
    other = RouteConfig("b", ("GET",), "/b", Stage.CANARY, "new", percent, seed="s")
    table = compile_table(RouteFile("v", {}, (one, other)))
    assert side_of(table.match("GET", "/a"), key) == side_of(table.match("GET", "/b"), key)


@pytest.mark.parametrize("stage", [Stage.CANARY, Stage.NEW])
def test_a_read_goes_to_legacy_while_the_new_side_is_away(stage: Stage) -> None:
    percent = 10_000 if stage is Stage.CANARY else None
    made = route(stage, percent)
    decision = decide(made, None, new_available=False, draw=0)
    assert (decision.side, decision.upstream) == ("legacy", "legacy")
    assert (decision.reason, decision.sticky) == ("unavailable", False)


def test_nothing_else_is_diverted() -> None:
    assert side_of(route(Stage.RETIRED), new_available=False) == "new"
    assert side_of(route(Stage.NEW, fallback=Fallback(allowed=False)), new_available=False) == "new"
    assert side_of(both(Stage.NEW).match("POST", "/x"), new_available=False) == "new"
    away = decide(route(Stage.LEGACY), None, new_available=False, draw=0)
    assert away.reason == "stage"


@pytest.mark.parametrize(
    ("stage", "percent", "expected"),
    [
        (Stage.LEGACY, None, 0),
        (Stage.SHADOW, None, 1000),
        (Stage.CANARY, 5, 1000),
        (Stage.NEW, None, 0),
    ],
)
def test_copies_are_made_in_shadow_and_canary_only(
    stage: Stage, percent: int | None, expected: int
) -> None:
    made = both(stage, percent, compare=Compare(1000))
    assert made.match("GET", "/x").sample == expected
    assert made.match("POST", "/x").sample == 0


def test_sampling_is_exact_at_its_ends() -> None:
    make: Callable[[int], Route] = lambda share: route(Stage.SHADOW, compare=Compare(share))  # noqa: E731
    assert not sampled(make(0), 0.0)
    assert sampled(make(10_000), 0.999999)
    assert sampled(make(10), 0.00099)
    assert not sampled(make(10), 0.001)


def test_an_unknown_path_goes_to_legacy_and_is_distinguished() -> None:
    decision = decide(both(Stage.NEW).match("GET", "/y"), None, new_available=True, draw=0)
    assert decision == Decision("legacy", "legacy", -1, "unmatched", True)


# the key

HEADERS = [
    (b"host", b"shop"),
    (b"cookie", b"theme=dark; xsession=no; session=abc; session=second"),
    (b"x-tenant", b" t1 "),
    (b"cookie", b'id="17"'),
]


def key_of(*sources: KeySource, headers: Headers = HEADERS, client: str = "10.0.0.1") -> Key | None:
    compiled = tuple(compile_key(source, "/a/{x}/{y}", FacadeOptions()) for source in sources)
    return identify(compiled, headers, "/a/one/two", client)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (KeySource("session"), "session=abc; session=second"),  # no one knows which counts
        (KeySource("cookie", "session"), "session=abc; session=second"),
        (KeySource("cookie", "theme"), "dark"),
        (KeySource("cookie", "id"), "17"),
        (KeySource("header", "X-Tenant"), "t1"),
        (KeySource("path", "x"), "one"),
        (KeySource("path", "y"), "two"),
        (KeySource("client"), "10.0.0.1"),
    ],
)
def test_each_source(source: KeySource, value: str) -> None:
    assert key_of(source) == Key(value, str(source))


@pytest.mark.parametrize("source", [KeySource("cookie", "none"), KeySource("header", "none")])
def test_a_source_the_request_does_not_have(source: KeySource) -> None:
    assert key_of(source) is None
    assert key_of(source, KeySource("client")) == Key("10.0.0.1", "client")


def test_the_first_source_found_wins() -> None:
    assert key_of(KeySource("header", "x-tenant"), KeySource("session")) == Key(
        "t1", "header:x-tenant"
    )


def test_an_empty_value_is_no_key() -> None:
    assert key_of(KeySource("session"), headers=[(b"cookie", b"session=; a=b")]) is None
    assert key_of(KeySource("client"), client="") is None


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        ([b"id=1", b"id=2"], "id=1; id=2"),  # in two headers, as HTTP/2 allows
        ([b"id.0=a; id.1=b"], "id.0=a; id.1=b"),  # one session in two pieces
        ([b"id=1; id=2"], "id=1; id=2"),
        ([b"a=1;id=2"], "2"),
        ([b'a=1 ; id="2" ;b=3'], "2"),
        ([b"xid=1"], None),
        ([b"a=id=1"], None),
        ([b"id"], None),
        ([b"id="], None),
    ],
)
def test_a_cookie_is_read_as_its_header_writes_it(lines: list[bytes], value: str | None) -> None:
    headers = [(b"cookie", line) for line in lines]
    found = key_of(KeySource("cookie", "id"), headers=headers)
    assert (found.value if found else None) == value


def test_only_a_cookie_header_brings_cookies() -> None:
    headers = [(b"x-note", b"id=evil"), (b"x-fig", b"fig_client=" + b"a" * 32)]
    assert key_of(KeySource("cookie", "id"), headers=headers) is None
    sticky = FacadeOptions(session=SessionOptions("flask"))
    assert of_session(sticky, *headers) is None
    own = (b"cookie", b"session=s")
    assert of_session(sticky, *headers, own) == of_session(sticky, own)


# a session whose cookie changes with each answer

OURS = (b"cookie", b"fig_client=" + b"0123456789abcdef" * 2)


def of_session(options: FacadeOptions, *headers: tuple[bytes, bytes]) -> str | None:
    found = identify((compile_key(KeySource("session"), "/a", options),), headers, "/a", "")
    return found.value if found else None


def test_a_client_is_known_by_our_own_cookie_where_the_sessions_changes() -> None:
    sticky = FacadeOptions(session=SessionOptions("flask"))
    assert of_session(sticky, (b"cookie", b"session=s"), OURS) == "0123456789abcdef" * 2
    first = of_session(sticky, (b"cookie", b"session=s"))
    assert first is not None
    assert (len(first), first == "s") == (32, False)  # nothing tells the session of it
    assert of_session(sticky, (b"cookie", b"theme=dark")) is None


def test_it_is_known_by_the_session_itself_where_that_stays() -> None:
    plain = FacadeOptions(session=SessionOptions("django"))
    assert of_session(plain, (b"cookie", b"sessionid=s"), OURS) == "s"
    assert of_session(plain, (b"cookie", b"session=s")) is None  # another framework's name
    assert of_session(FacadeOptions(), (b"cookie", b"session=s"), OURS) == "s"


def test_bytes_that_are_no_text_still_make_a_key() -> None:
    assert key_of(KeySource("session"), headers=[(b"cookie", b"session=\xff\xfe")]) is not None


# its bucket

VECTORS = json.loads((Path(__file__).parent / "bucket_vectors.json").read_text("utf-8"))["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["seed"] + vector["key"][:20])
def test_bucket_of_a_vector(vector: dict[str, object]) -> None:
    assert bucket_of(str(vector["seed"]), str(vector["key"])) == vector["bucket"]


@given(st.text(), st.text())
def test_a_bucket_is_in_range_and_always_the_same(seed: str, key: str) -> None:
    bucket = bucket_of(seed, key)
    assert 0 <= bucket < BUCKETS
    assert bucket_of(seed, key) == bucket


def test_buckets_are_even() -> None:
    tenths = Counter(bucket_of("seed", f"user-{n}") // 1000 for n in range(20_000))
    assert all(abs(count - 2000) < 200 for count in tenths.values())  # 4.7 standard deviations


def test_another_seed_deals_the_users_again() -> None:
    both = [(bucket_of("a", str(n)) < 1000, bucket_of("b", str(n)) < 1000) for n in range(10_000)]
    assert 40 < sum(a and b for a, b in both) < 180  # independent: about 100


@given(st.floats(min_value=0, max_value=1, exclude_max=True))
def test_a_random_bucket_is_in_range(draw: float) -> None:
    assert 0 <= random_bucket(draw) < BUCKETS
