"""What upstreams receive about clients: proxies before us, Via, CORS preflights."""

import logging

import pytest

TRUSTING = """
facade: {trusted_proxies: ["192.0.2.0/24"]%s}
upstreams: {legacy: {url: "http://a.test:1"}}
routes: []
"""


def sent(rig, address: str, *lines: bytes) -> bytes:
    client = rig.client(address)
    client.send(b"GET / HTTP/1.1\r\nHost: shop\r\n" + b"".join(lines) + b"\r\n")
    data = rig.wire.dialled[-1].read()
    rig.wire.dialled[-1].send(b"HTTP/1.1 204 No Content\r\n\r\n")
    return data


def test_a_neighbour_that_is_not_trusted_is_replaced_and_named_once(make_rig, caplog) -> None:
    rig = make_rig(TRUSTING % "")
    with caplog.at_level(logging.WARNING, "facade.proxy.downstream.clients"):
        for _ in range(3):
            data = sent(rig, "198.51.100.1", b"X-Forwarded-Proto: https\r\n")
            assert b"X-Forwarded-Proto: http\r\n" in data
    (said,) = [record.getMessage() for record in caplog.records]
    assert 'facade: {trusted_proxies: ["198.51.100.1"]}' in said


@pytest.mark.parametrize(
    "line",
    [b"X-Forwarded-Proto: http\r\n", b"X-Forwarded-Host: shop\r\n", b"X-Real-IP: 1.1.1.1\r\n"],
)
def test_what_agrees_with_what_we_see_is_not_worth_a_word(make_rig, caplog, line) -> None:
    rig = make_rig(TRUSTING % "")
    with caplog.at_level(logging.WARNING, "facade.proxy.downstream.clients"):
        sent(rig, "198.51.100.1", line)
    assert caplog.records == []


@pytest.mark.parametrize(("via", "count"), [("", 1), (", via: true", 1), (", via: false", 0)])
@pytest.mark.parametrize("address", ["192.0.2.1", "198.51.100.1"])
def test_via_is_a_choice(make_rig, via, count, address) -> None:
    data = sent(make_rig(TRUSTING % via), address, b"X-Forwarded-For: 203.0.113.5\r\n")
    assert data.count(b"Via: 1.1 fig\r\n") == count


ROUTES = """
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000"}
routes:
  - {name: write, match: "POST /orders", new: fresh, stage: new}
  - {name: read, match: "GET /orders", new: fresh, stage: legacy}
  - {name: named, match: "POST|OPTIONS /named", new: fresh, stage: new}
  - {name: other, match: "POST /other", new: fresh, stage: new}
"""


@pytest.mark.parametrize(
    ("path", "asked", "route", "side"),
    [
        (b"/orders", b"POST", "write", "new"),
        (b"/orders", b"GET", "read", "legacy"),
        (b"/orders", b"DELETE", "(unmatched)", "legacy"),
        (b"/orders", b"", "(unmatched)", "legacy"),
        (b"/named", b"GET", "named", "new"),
        (b"/elsewhere", b"POST", "(unmatched)", "legacy"),
    ],
)
def test_a_preflight_goes_where_the_method_goes_that_it_asks_for(
    make_rig, path, asked, route, side
) -> None:
    rig = make_rig(ROUTES)
    client = rig.client()
    line = b"Access-Control-Request-Method: " + asked + b"\r\n" if asked else b""
    client.send(
        b"OPTIONS " + path + b" HTTP/1.1\r\nHost: a\r\nOrigin: http://b\r\n" + line + b"\r\n"
    )
    rig.upstream.send(b"HTTP/1.1 204 No Content\r\n\r\n")
    answer = client.read()
    assert answer.startswith(b"HTTP/1.1 204 ")
    assert b"Set-Cookie" not in answer  # it is no write
    if route != "(unmatched)":
        assert rig.counts(route)["requests"][side] == 1
