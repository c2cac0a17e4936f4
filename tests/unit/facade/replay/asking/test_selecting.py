"""Which exchanges are asked again, and what is sent of them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from facade.compare.answers import Answer, Headers
from facade.replay.asking import request as question
from facade.replay.asking.selecting import Against, LeftOut, Selection, select
from facade.replay.asking.targets import Targets
from facade.replay.formats.recorded import Exchange
from facade.routes.sessions import PRESETS, SessionCookies
from facade.routes.table import RouteTable

Make = Callable[..., Exchange]

TARGETS = Targets({"legacy": ["http://l"], "catalog": ["http://c"], "search": ["http://s"]})
BOTH = Selection(Against.BOTH)


def reason(
    exchange: Exchange, table: RouteTable, selection: Selection, targets: Targets = TARGETS
) -> str:
    with pytest.raises(LeftOut) as caught:
        select(exchange, table, targets, selection)
    return str(caught.value)


def test_reads_of_routes_with_two_sides(table: RouteTable, exchange: Make) -> None:
    for method, target, route in (
        ("GET", "/products/B-1", "detail"),
        ("HEAD", "/products/B-1?x=1", "detail"),
        ("POST", "/find", "find"),  # declared safe
    ):
        assert select(exchange(target, method), table, TARGETS, BOTH).name == route


def test_what_is_left_out_and_why(table: RouteTable, exchange: Make) -> None:
    assert reason(exchange("/stock/B-1"), table, BOTH) == "of routes without a new side"
    assert reason(exchange("/unheard/of"), table, BOTH) == "on paths that no route names"
    assert reason(exchange("/orders", "POST"), table, BOTH) == "writes, refused"
    assert reason(exchange("/products/%00"), table, BOTH) == "targets the facade refuses"
    only = Selection(Against.BOTH, {"find"})
    assert reason(exchange(), table, only) == "of other routes"
    nobody = Targets({"legacy": ["http://l"]})
    assert reason(exchange(), table, BOTH, nobody) == "of routes without a new side"


def test_one_side_is_compared_with_the_recording(table: RouteTable, exchange: Make) -> None:
    legacy = Selection(Against.LEGACY)
    assert reason(exchange("/stock/B-1"), table, legacy) == "without a recorded answer"
    recorded = exchange("/unheard/of", answer=Answer(200))
    assert select(recorded, table, TARGETS, legacy).name == "(unmatched)"


def test_one_address_may_answer_for_every_route(table: RouteTable, exchange: Make) -> None:
    everything = Targets({"legacy": ["http://l"]}, ("http://new",))
    assert select(exchange("/stock/B-1"), table, everything, BOTH).name == "stock"
    assert select(exchange("/unheard/of"), table, everything, BOTH).name == "(unmatched)"


def test_writes_go_to_a_sandbox_unless_their_secrets_are_gone(
    table: RouteTable, exchange: Make
) -> None:
    selection = Selection(Against.NEW, writes=True)
    write = exchange("/orders", "POST", body=b'{"sku": "B-1"}', answer=Answer(201))
    assert select(write, table, TARGETS, selection).name == "order"
    for body in (b'{"password": "(secret)"}', b"password=%28secret%29"):
        login = exchange("/orders", "POST", body=body, answer=Answer(200))
        assert reason(login, table, selection) == "writes whose secrets were not recorded"


def test_what_is_sent(exchange: Make) -> None:
    recorded = exchange(
        headers=(
            ("host", "shop.example"),
            ("cookie", "session=(secret); theme=dark; other=(secret)"),
            ("authorization", "Bearer (secret)"),
            ("x-api-key", "(secret)"),
            ("accept-encoding", "zstd, gzip;q=0.9, br"),
            ("if-none-match", '"1"'),
            ("connection", "keep-alive"),
            ("content-length", "0"),
            ("fig-identity", "(secret)"),
            ("accept", "application/json"),
        )
    )
    assert question.headers(recorded, {}) == (
        ("host", "shop.example"),
        ("cookie", "theme=dark"),
        ("accept-encoding", "zstd, gzip;q=0.9, br"),
        ("accept", "application/json"),
    )
    assert question.headers(recorded, {"session": "mine", "unasked": "x"})[1] == (
        "cookie",
        "session=mine; theme=dark",
    )
    assert question.cookie_names(recorded) == {"session", "theme", "other"}
    assert question.query_keys("/a?q=1&page=2&q=3&flag") == ("q", "page", "flag")


@pytest.mark.parametrize("status", [206, 226, 304, 412, 416])
def test_a_part_or_unchanged_is_nothing_to_compare_with(
    table: RouteTable, exchange: Make, status: int
) -> None:
    recorded = exchange(answer=Answer(status))
    why = "whose recorded answer is partial or unchanged"
    for against in (Against.LEGACY, Against.NEW):
        assert reason(recorded, table, Selection(against)) == why
    assert select(recorded, table, TARGETS, BOTH).name == "detail", "both are asked for the whole"


def test_sockets_are_never_asked_again(table: RouteTable, exchange: Make) -> None:
    for one in (
        exchange(headers=(("upgrade", "websocket"),)),
        exchange(answer=Answer(101)),
        replace(exchange(), left_out="of sockets"),
    ):
        assert reason(one, table, BOTH) == "of sockets"
    assert select(exchange(headers=(("upgrade", "h2c"),)), table, TARGETS, BOTH).name == "detail"


@pytest.mark.parametrize(
    ("headers", "lent", "stranger"),
    [
        ((), {}, False),
        ((("cookie", "theme=dark; _ga=1"),), {}, False),
        ((("cookie", "session=(secret)"),), {}, True),
        ((("cookie", "session=(secret)"),), {"session": "mine"}, False),
        ((("cookie", "session=s1"),), {}, False),  # a recording that kept it
        ((("cookie", "JSESSIONID=(secret)"),), {}, True),
        ((("cookie", "theme=(secret)"),), {}, False),
        ((("cookie", "a=1"), ("cookie", "laravel_session=(secret)")), {}, True),
        ((("authorization", "Bearer (secret)"),), {}, True),
        ((("authorization", "Bearer kept"),), {}, False),
        ((("x-api-key", "(secret)"),), {}, True),
    ],
)
def test_who_is_asked_for_without_a_session(
    exchange: Make, headers: Headers, lent: dict[str, str], stranger: bool
) -> None:
    one = exchange(headers=headers)
    sent = question.headers(one, lent)
    assert question.is_a_stranger(one, sent, SessionCookies(("session",))) is stranger


@pytest.mark.parametrize(
    ("names", "cookies", "stranger"),
    [
        (("who",), "who=(secret)", True),
        (("who",), "who.0=(secret); who.1=(secret)", True),
        (("who_*",), "who_shop=(secret)", True),
        (("who",), "whose=(secret)", False),
        (PRESETS["laravel"], "shop_session=(secret)", True),
        (PRESETS["aspnet"], ".AspNetCore.CookiesC1=(secret)", True),
        (PRESETS["php"], "PHPSESSID=kept", False),
    ],
)
def test_a_session_is_known_by_the_names_of_the_route_file(
    exchange: Make, names: tuple[str, ...], cookies: str, stranger: bool
) -> None:
    one = exchange(headers=(("cookie", cookies),))
    sent = question.headers(one, {})
    assert question.is_a_stranger(one, sent, SessionCookies(names)) is stranger


@pytest.mark.parametrize(
    ("recorded", "now", "away"),
    [(200, 401, True), (206, 403, True), (304, 401, True), (304, 302, True), (304, 200, False),
     (401, 401, False), (302, 302, False), (404, 401, False)],
)  # fmt: skip
def test_an_answer_that_was_given_and_is_refused_now_says_nothing(
    exchange: Make, recorded: int, now: int, away: bool
) -> None:
    one = exchange(answer=Answer(recorded))
    assert question.is_sent_away(one, Answer(now)) is away
