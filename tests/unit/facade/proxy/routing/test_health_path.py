"""The path on which the facade itself says that it serves."""

import pytest

ROUTES = """
facade: {health: /fig/healthz}
upstreams: {legacy: {url: "http://legacy.test:1000"}}
routes: [{name: all, match: "* /{path*}", stage: legacy}]
"""
GET = b"GET /fig/healthz HTTP/1.1\r\nHost: a\r\n\r\n"


def test_it_is_answered_without_a_side_and_without_a_count(make_rig) -> None:
    rig = make_rig(ROUTES)
    client = rig.client()
    client.send(GET, GET)
    assert client.read().count(b"HTTP/1.1 200 OK") == 2
    assert not rig.wire.dialled
    assert not client.ended
    assert "all" not in rig.gateway.counters.routes


def test_while_it_drains_it_says_so_and_closes(make_rig) -> None:
    rig = make_rig(ROUTES)
    client = rig.client()
    rig.gateway.current.draining = True
    client.send(GET)
    assert client.read().startswith(b"HTTP/1.1 503 ")
    assert client.ended


def test_head_has_no_body(make_rig) -> None:
    client = make_rig(ROUTES).client()
    client.send(GET.replace(b"GET", b"HEAD"))
    assert client.read().endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "request_line", [b"POST /fig/healthz", b"GET /fig/healthz/", b"GET /fig/healthz?x", b"GET /"]
)
def test_everything_else_is_a_request_like_any(make_rig, request_line) -> None:
    rig = make_rig(ROUTES)
    rig.client().send(request_line + b" HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
    assert rig.upstream.read().startswith(request_line)


def test_without_the_key_the_path_is_legacys(make_rig) -> None:
    rig = make_rig(ROUTES.replace("facade: {health: /fig/healthz}", ""))
    rig.client().send(GET)
    assert rig.upstream.read().startswith(b"GET /fig/healthz")
