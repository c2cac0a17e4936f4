"""Upstreams that live at another address: every way to a side, and every answer of one, goes by
the rewriting of that side."""

import pytest

from facade.control.intake.frames import read_pair

ROUTES = """
facade: {match_case: %s}
upstreams:
  legacy:
    url: "http://legacy.test:1000"
    host: shop.internal
    prefix: {strip: /shop, add: /app}
    health: {path: /healthz}
  fresh: {url: "http://new.test:2000", prefix: {strip: /shop/api}}
routes:
  - {name: new, match: "* /shop/api/new/{rest*}", new: fresh, stage: new}
  - {name: shadow, match: "* /shop/api/shadow", new: fresh, stage: shadow, compare: {sample: 100%%}}
  - name: canary
    match: "* /shop/api/canary"
    new: fresh
    stage: canary
    percent: 100
    compare: {sample: 100%%}
"""
LEGACY, NEW = 1000, 2000


@pytest.fixture
def rig(make_rig):
    return make_rig(ROUTES % "true")


def peer_at(rig, port: int):
    peers = [p for p in rig.wire.dialled if p.transport.get_extra_info("peername")[1] == port]
    return peers[-1]


def ask(rig, target: str, *lines: str, method: str = "GET"):
    client = rig.client()
    words = [f"{method} {target} HTTP/1.1", "Host: www.shop.example:8443", *lines]
    client.send(("\r\n".join(words) + "\r\n\r\n").encode())
    return client


def answer(*lines: str, status: str = "302 Found") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", "Content-Length: 0", *lines, "", ""]).encode()


def asked(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Target, Host, and the prefix that the side received."""
    head = data.partition(b"\r\n\r\n")[0].split(b"\r\n")
    words = dict(line.split(b": ", 1) for line in head[1:])
    return head[0].split(b" ")[1], words[b"Host"], words.get(b"X-Forwarded-Prefix", b"")


def test_legacy_gets_its_path_and_its_host_and_the_client_its_own_address(rig) -> None:
    client = ask(rig, "/shop/cart?to=/shop/x", "X-Forwarded-Prefix: /mine")
    legacy = peer_at(rig, LEGACY)
    sent = legacy.read()
    assert asked(sent) == (b"/app/cart?to=/shop/x", b"shop.internal", b"/shop")
    assert b"X-Forwarded-Host: www.shop.example:8443\r\n" in sent
    legacy.send(answer("Location: http://shop.internal/app/x", "Set-Cookie: a=1; Path=/app"))
    got = client.read()
    assert b"Location: /shop/x\r\n" in got
    assert b"Set-Cookie: a=1; Path=/shop\r\n" in got


def test_the_new_side_has_a_rewriting_of_its_own(rig) -> None:
    client = ask(rig, "/shop/api/new/7")
    new = peer_at(rig, NEW)
    assert asked(new.read()) == (b"/new/7", b"www.shop.example:8443", b"/shop/api")
    new.send(answer("Location: /new/8"))
    assert b"Location: /shop/api/new/8\r\n" in client.read()


def test_the_fallback_asks_legacy_as_legacy_is_asked(rig) -> None:
    client = ask(rig, "/shop/api/new/7")
    peer_at(rig, NEW).vanish()
    legacy = peer_at(rig, LEGACY)
    assert asked(legacy.read()) == (b"/app/api/new/7", b"shop.internal", b"/shop")
    legacy.send(answer("Location: /app/y"))
    assert b"Location: /shop/y\r\n" in client.read()


def test_one_that_declined_is_asked_again_as_before(rig) -> None:
    client = ask(rig, "/shop/api/new/7")
    new = peer_at(rig, NEW)
    new.read()
    new.send(answer("Fig-Declined: behind", status="503 No"))
    peer_at(rig, LEGACY).read()
    peer_at(rig, LEGACY).vanish()
    again = peer_at(rig, NEW).read()
    assert asked(again) == (b"/new/7", b"www.shop.example:8443", b"/shop/api")
    assert b"Fig-Alone: 1\r\n" in again
    peer_at(rig, NEW).send(answer("Location: /z"))
    assert b"Location: /shop/api/z\r\n" in client.read()


@pytest.mark.parametrize("lines", [(), ("Cookie: session=x",)], ids=["plain", "cookie"])
@pytest.mark.parametrize(("route", "live"), [("shadow", LEGACY), ("canary", NEW)])
def test_a_pair_has_both_answers_as_clients_see_them(rig, lines, route: str, live: int) -> None:
    client = ask(rig, f"/shop/api/{route}", *lines)
    legacy, new = peer_at(rig, LEGACY), peer_at(rig, NEW)
    assert asked(legacy.read())[0] == f"/app/api/{route}".encode()
    assert asked(new.read())[0] == f"/{route}".encode()
    legacy.send(answer("Location: http://shop.internal/app/api/x"))
    new.send(answer("Location: http://new.test:2000/x"))
    assert b"Location: /shop/api/x\r\n" in client.read()
    (frame,) = rig.channel.pairs
    waiting = read_pair(frame)
    pair = waiting.pair
    assert pair.target == f"/shop/api/{route}"
    assert pair.control.header("location") == pair.candidate.header("location") == "/shop/api/x"
    assert waiting.targets == (f"/app/api/{route}", f"/{route}")
    words = dict(waiting.request_headers or ()), dict(waiting.new_headers or ())
    assert [one["Host"] for one in words] == ["shop.internal", "www.shop.example:8443"]
    del live


def test_a_pair_says_nothing_of_targets_where_none_differ(make_rig) -> None:
    rig = make_rig(
        """
upstreams: {legacy: {url: "http://legacy.test:1000"}, fresh: {url: "http://new.test:2000"}}
routes: [{name: a, match: GET /a, new: fresh, stage: shadow, compare: {sample: 100%}}]
"""
    )
    ask(rig, "/a")
    for port in (LEGACY, NEW):
        peer_at(rig, port).send(answer())
    (frame,) = rig.channel.pairs
    assert "sent_targets" not in frame.meta
    assert "new_headers" not in frame.meta


def test_the_answer_that_opens_a_tunnel(rig) -> None:
    client = ask(rig, "/shop/ws", "Connection: Upgrade", "Upgrade: websocket")
    legacy = peer_at(rig, LEGACY)
    assert asked(legacy.read())[0] == b"/app/ws"
    legacy.send(
        b"HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Set-Cookie: a=1; Domain=shop.internal; Path=/app/ws\r\n\r\n"
    )
    assert b"Set-Cookie: a=1; Path=/shop/ws\r\n" in client.read()


def test_a_key_gets_the_first_answer_as_it_was_seen(rig, tmp_path, make_rig) -> None:
    rig = make_rig(ROUTES % "true", None, tmp_path)
    lines = ("Idempotency-Key: k1",)
    client = ask(rig, "/shop/api/new/7", *lines, method="POST")
    new = peer_at(rig, NEW)
    assert asked(new.read())[0] == b"/new/7"
    new.send(answer("Location: /new/8", status="201 Created"))
    assert b"Location: /shop/api/new/8\r\n" in client.read()
    again = ask(rig, "/shop/api/new/7", *lines, method="POST").read()
    assert b"Location: /shop/api/new/8\r\n" in again
    assert b"Fig-Idempotency: replayed\r\n" in again


@pytest.mark.parametrize(("match_case", "sent"), [("true", b"/SHOP/a"), ("false", b"/app/a")])
def test_a_prefix_is_found_as_paths_are_matched(make_rig, match_case: str, sent: bytes) -> None:
    rig = make_rig(ROUTES % match_case)
    ask(rig, "/SHOP/a")
    assert asked(peer_at(rig, LEGACY).read())[0] == sent


def test_health_asks_the_path_as_it_is_written(rig) -> None:
    rig.check_health()
    sent = peer_at(rig, LEGACY).read()
    assert sent.startswith(b"GET /healthz HTTP/1.1\r\nHost: shop.internal\r\n")


@pytest.mark.parametrize("target", ["*", "/other", "http://www.shop.example/other"])
def test_what_is_not_below_the_prefix_is_asked_as_it_is(rig, target: str) -> None:
    ask(rig, target, method="OPTIONS")
    assert asked(peer_at(rig, LEGACY).read())[0] == target.encode()[-6:]


def test_an_absolute_target_is_rewritten_as_its_path(rig) -> None:
    ask(rig, "http://www.shop.example/shop/a")
    assert asked(peer_at(rig, LEGACY).read())[0] == b"/app/a"


def test_a_reload_takes_new_words(rig) -> None:
    rig.use((ROUTES % "true").replace("add: /app", "add: /v2"))
    ask(rig, "/shop/a")
    assert asked(peer_at(rig, LEGACY).read())[0] == b"/v2/a"
