"""Routes by host and conditions, and testers, on a worker's wire."""

import pytest

ROUTES = """
facade: {expose: true, trusted_proxies: ["192.0.2.0/24"]}
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000"}
routes:
  - {name: hosted, match: "* /a", new: fresh, stage: new, host: shop.example, fallback: false}
  - {name: named, match: "POST /a", new: fresh, stage: new, when: {"query:fig": new}}
  - name: tested
    match: "* /t"
    new: fresh
    stage: canary
    percent: 0
    compare: {sample: 100%}
    guard: {max_error_ratio: 2, on_breach: legacy}
    testers: {"query:fig": new, "cookie:user": [anna, ben]}
  - name: begun
    match: "* /s"
    new: fresh
    stage: shadow
    compare: {sample: 100%}
    testers: {"header:X-Test": "*"}
"""
LEGACY, NEW = 1000, 2000


@pytest.fixture
def rig(make_rig):
    return make_rig(ROUTES)


def ask(rig, target: str, host: str, *lines: str, method: str = "GET", address="198.51.100.1"):
    client = rig.client(address)
    words = [f"{method} {target} HTTP/1.1", f"Host: {host}", *lines]
    client.send(("\r\n".join(words) + "\r\n\r\n").encode())
    return client


def sides(rig) -> list[int]:
    """The ports that were asked, one entry for each request."""
    found = []
    for peer in rig.wire.dialled:
        port = peer.transport.get_extra_info("peername")[1]
        found += [port] * peer.read().count(b" HTTP/1.1\r\n")
    return sorted(found)


def answer(rig, status: str = "200 OK") -> None:
    for peer in rig.wire.dialled:
        peer.read()
        peer.send(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())


@pytest.mark.parametrize(
    ("target", "host", "lines", "port"),
    [
        ("/a", "shop.example", (), NEW),
        ("/a", "SHOP.example.:8443", (), NEW),
        ("/a", "other.example", (), LEGACY),
        ("http://shop.example/a", "other.example", (), NEW),
        ("http://other.example/a", "shop.example", (), LEGACY),
        ("/a", "other.example", ("X-Forwarded-Host: shop.example",), LEGACY),
    ],
)
def test_the_host_decides(rig, target, host, lines, port) -> None:
    ask(rig, target, host, *lines)
    assert sides(rig) == [port]


def test_a_trusted_proxy_says_the_host(rig) -> None:
    line = "X-Forwarded-Host: shop.example, inner.test"
    ask(rig, "/a", "inner.test", line, address="192.0.2.1")
    assert sides(rig) == [NEW]


def test_without_a_host(rig) -> None:
    client = rig.client()
    client.send(b"GET /a HTTP/1.0\r\n\r\n")
    assert sides(rig) == [LEGACY]


@pytest.mark.parametrize(
    ("host", "method", "target", "port"),
    [
        ("shop.example", "POST", "/a", NEW),
        ("other.example", "POST", "/a", LEGACY),
        ("other.example", "POST", "/a?fig=new", NEW),
        ("other.example", "GET", "/a?fig=new", LEGACY),
    ],
)
def test_a_preflight_goes_where_the_request_goes(rig, host, method, target, port) -> None:
    ask(rig, target, host, f"Access-Control-Request-Method: {method}", method="OPTIONS")
    ask(rig, target, host, method=method)
    assert set(sides(rig)) == {port}


def test_what_no_route_names_is_counted_by_host(rig) -> None:
    for host in ("shop.example", "shop.example:80", "other.example", "evil.example"):
        client = ask(rig, "/product/7", host)
        answer(rig)
        client.read()
    found = rig.gateway.counters.unmatched.snapshot()
    assert {name: one["requests"]["legacy"] for name, one in found.items()} == {
        "GET //shop.example/product/<id>": 2,
        "GET //*/product/<id>": 2,
    }


@pytest.mark.parametrize(
    ("target", "lines", "tester"),
    [
        ("/t?fig=new", (), True),
        ("/t", ("Cookie: user=ben",), True),
        ("/t", ("Cookie: user=eve",), False),
        ("/t", (), False),
        ("/s", ("X-Test: anything",), True),
        ("/s", (), False),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_tester_sees_the_new_side_and_counts_apart(rig, method, target, lines, tester) -> None:
    client = ask(rig, target, "a", *lines, method=method)
    live = NEW if tester else LEGACY
    assert sides(rig) == (sorted([LEGACY, NEW]) if method == "GET" else [live])
    answer(rig)
    said = client.read()
    assert (b"tester" in said) == tester
    name = "tested" if target.startswith("/t") else "begun"
    counts = rig.counts(name)
    apart = counts["testers"].get("status", {}).get("new", {}).get("2xx", 0)
    assert (apart, counts["requests"]) == (
        (1, {"legacy": 0, "new": 0}) if tester else (0, {"legacy": 1, "new": 0})
    )
    if name == "tested":
        keys = rig.gateway.counters.of_route(name).keys
        assert (keys is None) == tester, "a tester is in no percentage"
    pairs = rig.channel.pairs
    assert len(pairs) == (method == "GET")
    if pairs:
        meta = pairs[0].meta
        assert (meta["route"], meta["live"]) == (name, "new" if tester else "legacy")
        assert meta["target"] == target
        assert counts["shadow"]["completed"] == 1


def test_a_testers_read_falls_back_apart(rig) -> None:
    ask(rig, "/t?fig=new", "a")
    new = [p for p in rig.wire.dialled if p.transport.get_extra_info("peername")[1] == NEW]
    new[0].vanish()
    counts = rig.counts("tested")
    assert (counts["fallbacks"], counts["failures"]) == (0, {})
    testers = counts["testers"]
    assert (testers["fallbacks"], testers["failures"]) == (1, {"new.closed": 1})


def test_one_key_for_a_tester_and_for_the_same_request_without_the_word(make_rig, tmp_path) -> None:
    rig = make_rig(ROUTES, None, tmp_path)
    for target, status in (("/t?fig=new", b"200"), ("/t", b"422")):
        client = ask(rig, target, "a", "Idempotency-Key: k", method="POST")
        answer(rig)
        assert client.read().startswith(b"HTTP/1.1 " + status)


def test_a_reload_forgets_testers(rig) -> None:
    ask(rig, "/t?fig=new", "a", method="POST")
    assert sides(rig) == [NEW]
    answer(rig)
    rig.use(ROUTES.replace('testers: {"query:fig": new, "cookie:user": [anna, ben]}', ""))
    ask(rig, "/t?fig=new", "a", method="POST")
    assert sides(rig) == [LEGACY]
