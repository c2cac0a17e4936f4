"""Which side answers, and why."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.routes.deciding import decide, sampled
from facade.routes.decision import Decision
from facade.routes.keys import Key
from facade.routes.routefile import Compare, RouteConfig, RouteFile, UpstreamConfig
from facade.routes.stages import Stage
from facade.routes.table import Route, RouteTable, compile_table


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
    assert side_of(route(Stage.NEW, fallback=False), new_available=False) == "new"
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


def test_an_unknown_path_goes_to_legacy_and_is_told_apart() -> None:
    decision = decide(both(Stage.NEW).match("GET", "/y"), None, new_available=True, draw=0)
    assert decision == Decision("legacy", "legacy", -1, "unmatched", True)
