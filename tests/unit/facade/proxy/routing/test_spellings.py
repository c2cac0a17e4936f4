"""Spellings of a path: legacy gets what it got before; nothing gets past a route that moved."""

import pytest

ROUTES = """
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000"}
routes:
  - {name: cart, match: "GET /cart", new: fresh, stage: %(stage)s%(more)s}
  - {name: item, match: "* /items/{id}", new: fresh, stage: %(stage)s%(more)s}
  - {name: named, match: "* /named/{id}", stage: legacy}
  - {name: small, match: "* /small/{id}", stage: legacy, max_body: 10B}
  - {name: login, match: "GET|POST /login", stage: legacy, attempts: {account: form:email}}
"""
SHADOW = ", compare: {sample: 100%}"
CANARY = ", percent: 50"

# What browsers, crawlers, old links and other people's frameworks put into a path.
ODD = [
    b"/cart;jsessionid=A1B2", b"/;jsessionid=A", b"/a;v=1/b;v=2", b"/items/group%2Fname",
    b"/items/a%5Cb", b"/items/..%2fcart", b"/items/%2e%2e/cart", b"/items/./7", b"//items/7",
    "/items/ü".encode(), b"/items/\xfc", b"/items/a^b", b"/items/{id}", b"/items/a|b",
    b"/items/a`b", b'/items/"a"', b"/items/<a>", b"/items/a\\b", b"/items/100%", b"/items/%zz",
    b"/items/%u00e4", b"/items/%C0%AF", b"/items/a%0Ab", b"/items/a%09b", b"/items/a%7Fb",
    b"/items/a%23b", b"/items/a%3Fb", b"/items/a%3Bb", b"/items/%", b"/items/[1]",
    b"/*", b"/~me/@you/$1/a,b/(c)/d!e'f", b"/.well-known/x", b"/a//b//", b"/named/a%2Fb;c=%zz",
]  # fmt: skip
# Those of which one reading leads to another route than the other readings.
PAST = [
    b"/cart;jsessionid=A1B2", b"/items/group%2Fname", b"/items/a%5Cb", b"/items/..%2fcart",
    b"/items/%2e%2e/cart", b"/items/./7", b"//items/7", b"/items/a\\b", b"/x/..;/cart",
    b"/items;x/7",
]  # fmt: skip
# Those that every program takes for the same route, whatever it makes of the name in it.
SAME = [
    "/items/ü".encode(), b"/items/\xfc", b"/items/a^b", b"/items/{id}", b"/items/a`b",
    b"/items/100%", b"/items/%zz", b"/items/a;v=1", b"/items/a%20b",
]  # fmt: skip


def ask(rig, path: bytes, method: bytes = b"GET"):
    client = rig.client()
    client.send(method + b" " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    return client


def line_sent(rig) -> bytes:
    """The request line that the side got which answers."""
    return rig.wire.dialled[0].read().partition(b"\r\n")[0]


@pytest.mark.parametrize("path", ODD)
@pytest.mark.parametrize("stage", ["legacy", "shadow"])
def test_where_legacy_answers_it_gets_what_the_client_wrote(make_rig, path, stage) -> None:
    rig = make_rig(ROUTES % {"stage": stage, "more": SHADOW if stage == "shadow" else ""})
    client = ask(rig, path)
    assert line_sent(rig) == b"GET " + path + b" HTTP/1.1"
    rig.wire.dialled[0].send(b"HTTP/1.1 204 No Content\r\n\r\n")
    assert client.read().startswith(b"HTTP/1.1 204 ")


@pytest.mark.parametrize("path", PAST)
@pytest.mark.parametrize("stage", ["canary", "new", "retired"])
def test_nothing_leads_past_a_route_that_moved(make_rig, path, stage) -> None:
    rig = make_rig(ROUTES % {"stage": stage, "more": CANARY if stage == "canary" else ""})
    assert ask(rig, path).read().startswith(b"HTTP/1.1 400 ")
    assert not rig.wire.dialled


@pytest.mark.parametrize("path", SAME)
def test_what_leads_to_one_route_only_is_passed_to_the_new_side(make_rig, path) -> None:
    rig = make_rig(ROUTES % {"stage": "new", "more": ""})
    ask(rig, path)
    assert line_sent(rig) == b"GET " + path + b" HTTP/1.1"
    rig.upstream.send(b"HTTP/1.1 204 No Content\r\n\r\n")
    assert rig.counts("item")["requests"] == {"legacy": 0, "new": 1}


@pytest.mark.parametrize("path", [b"/small/a%2Fb", b"/small/..%2fsmall/a", b"/x/..;/small/a"])
def test_nothing_leads_past_a_limit(make_rig, path) -> None:
    rig = make_rig(ROUTES % {"stage": "legacy", "more": ""})
    assert ask(rig, path, b"POST").read().startswith(b"HTTP/1.1 400 ")
    assert not rig.wire.dialled


@pytest.mark.parametrize("path", [b"/items/a%00b", b"/a%00"])
def test_an_encoded_nul_is_refused_everywhere(make_rig, path) -> None:
    rig = make_rig(ROUTES % {"stage": "legacy", "more": ""})
    assert ask(rig, path).read().startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("path", [b"/items/a%0Ab", b"/items/a%7Fb"])
def test_an_encoded_control_character_is_refused_where_new_answers(make_rig, path) -> None:
    rig = make_rig(ROUTES % {"stage": "new", "more": ""})
    assert ask(rig, path).read().startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("method", [b"get", b"Get", b"post", b"pAtch"])
def test_a_method_in_small_letters_is_another_one_where_legacy_answers(make_rig, method) -> None:
    rig = make_rig(ROUTES % {"stage": "legacy", "more": ""})
    ask(rig, b"/cart", method)
    assert line_sent(rig) == method + b" /cart HTTP/1.1"


@pytest.mark.parametrize("path", [b"/cart", b"/items/7", b"/cart;v=1"])
@pytest.mark.parametrize("method", [b"get", b"Get", b"gET"])
def test_a_method_in_small_letters_leads_past_no_route_that_moved(make_rig, method, path) -> None:
    rig = make_rig(ROUTES % {"stage": "new", "more": ""})
    assert ask(rig, path, method).read().startswith(b"HTTP/1.1 400 ")
    assert not rig.wire.dialled


def test_a_method_in_small_letters_passes_beside_the_routes_that_moved(make_rig) -> None:
    rig = make_rig(ROUTES % {"stage": "new", "more": ""})
    ask(rig, b"/elsewhere", b"get")
    assert line_sent(rig) == b"get /elsewhere HTTP/1.1"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        (b"post", b"/login"),
        (b"Post", b"/login"),
        (b"POST", b"/x/..;/login"),
        (b"POST", b"//login;v"),
    ],
)
def test_nothing_leads_past_the_count_of_attempts_to_log_in(make_rig, method, path) -> None:
    rig = make_rig(ROUTES % {"stage": "legacy", "more": ""})
    assert ask(rig, path, method).read().startswith(b"HTTP/1.1 400 ")
    assert not rig.wire.dialled


@pytest.mark.parametrize(("method", "path"), [(b"get", b"/login"), (b"GET", b"/login;v=1")])
def test_a_page_to_log_in_is_read_in_any_spelling(make_rig, method, path) -> None:
    rig = make_rig(ROUTES % {"stage": "legacy", "more": ""})
    ask(rig, path, method)
    assert line_sent(rig) == method + b" " + path + b" HTTP/1.1"


OTHERWISE = [b"/Cart", b"/CART", b"/cart/", b"/Cart/", b"/c%41rt", b"/Items/7", b"/items/7/"]


@pytest.mark.parametrize("path", OTHERWISE)
@pytest.mark.parametrize("stage", ["legacy", "shadow", "canary", "new", "retired"])
def test_a_path_in_another_spelling_goes_past_its_route_and_is_counted(
    make_rig, path, stage, caplog
) -> None:
    more = {"shadow": SHADOW, "canary": CANARY}.get(stage, "")
    rig = make_rig(ROUTES % {"stage": stage, "more": more})
    for _ in range(2):
        ask(rig, path)
    assert line_sent(rig) == b"GET " + path + b" HTTP/1.1"
    assert [peer.transport.get_extra_info("peername")[1] for peer in rig.wire.dialled] == [1000] * 2
    name = "cart" if path.lower().strip(b"/").startswith(b"c") else "item"
    assert rig.counts(name)["near_misses"] == 2
    (said,) = [record for record in caplog.records if "another path" in record.message]
    assert f"route {name} " in said.message


@pytest.mark.parametrize("path", [path for path in OTHERWISE if b"%" not in path])
def test_where_the_file_says_so_it_takes_its_route(make_rig, path) -> None:
    options = "facade: {match_case: false, trailing_slash: ignore}\n"
    rig = make_rig(options + ROUTES % {"stage": "new", "more": ""})
    ask(rig, path)
    assert line_sent(rig) == b"GET " + path + b" HTTP/1.1"
    assert rig.upstream.transport.get_extra_info("peername")[1] == 2000
    assert rig.counts("cart")["near_misses"] == rig.counts("item")["near_misses"] == 0


@pytest.mark.parametrize(
    ("option", "path", "port"),
    [
        ("match_case: false", b"/Cart", 2000),
        ("match_case: false", b"/cart/", 1000),
        ("trailing_slash: ignore", b"/Cart", 1000),
        ("trailing_slash: ignore", b"/cart/", 2000),
        ("trailing_slash: exact", b"/cart/", 1000),
    ],
)
def test_each_option_stands_for_itself(make_rig, option, path, port) -> None:
    rig = make_rig(f"facade: {{{option}}}\n" + ROUTES % {"stage": "new", "more": ""})
    ask(rig, path)
    assert rig.upstream.transport.get_extra_info("peername")[1] == port


@pytest.mark.parametrize("path", [b"/Cart;v=1", b"/x/..;/CART/", b"/Items/..%2fcart"])
def test_nothing_leads_past_a_route_in_any_of_its_spellings(make_rig, path) -> None:
    options = "facade: {match_case: false, trailing_slash: ignore}\n"
    rig = make_rig(options + ROUTES % {"stage": "new", "more": ""})
    assert ask(rig, path).read().startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("path", "counted"),
    [
        (b"/index.php/cart", 1), (b"/cart.json", 1), (b"/cart.html?a=1", 1), (b"/cart;v=1", 1),
        (b"/cart/index.html", 1), (b"/CART.php/", 1), (b"/index.php/items/7", 0),
        (b"//cart", 0), (b"/./cart", 0), (b"/cart.css", 0), (b"/cart", 0),
    ],
)  # fmt: skip
def test_other_forms_of_a_page_are_counted_for_the_route_that_they_miss(
    make_rig, path: bytes, counted: int, caplog: pytest.LogCaptureFixture
) -> None:
    """`//` and `.` are resolved before a route is looked for: they take it."""
    rig = make_rig(ROUTES % {"stage": "legacy", "more": ""})
    ask(rig, path)
    routes = rig.gateway.snapshot()["routes"]
    assert routes.get("cart", {"near_misses": 0})["near_misses"] == counted
    assert ("write a route for it too" in caplog.text) == (counted == 1 or b"items" in path)
