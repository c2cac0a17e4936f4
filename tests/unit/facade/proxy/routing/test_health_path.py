"""The path on which the facade itself says that it serves."""

import pytest

ROUTES = """
facade: {health: /fig/healthz}
upstreams: {legacy: {url: "http://legacy.test:1000"}}
routes: [{name: all, match: "* /{path*}", stage: legacy}]
"""
GET = b"GET /fig/healthz HTTP/1.1\r\nHost: a\r\n\r\n"


def test_it_is_answered_without_a_side_and_without_a_count(make_door) -> None:
    door = make_door(ROUTES)
    client = door.client()
    client.send(GET, GET)
    assert client.read().count(b"HTTP/1.1 200 OK") == 2
    assert not door.wire.dialled
    assert not client.ended
    assert "all" not in door.gateway.counters.routes


def test_while_it_drains_it_says_so_and_closes(make_door) -> None:
    door = make_door(ROUTES)
    client = door.client()
    door.gateway.current.draining = True
    client.send(GET)
    assert client.read().startswith(b"HTTP/1.1 503 ")
    assert client.ended


def test_head_has_no_body(make_door) -> None:
    client = make_door(ROUTES).client()
    client.send(GET.replace(b"GET", b"HEAD"))
    assert client.read().endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "request_line", [b"POST /fig/healthz", b"GET /fig/healthz/", b"GET /fig/healthz?x", b"GET /"]
)
def test_everything_else_is_a_request_like_any(make_door, request_line) -> None:
    door = make_door(ROUTES)
    door.client().send(request_line + b" HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
    assert door.upstream.read().startswith(request_line)


def test_without_the_key_the_path_is_legacys(make_door) -> None:
    door = make_door(ROUTES.replace("facade: {health: /fig/healthz}", ""))
    door.client().send(GET)
    assert door.upstream.read().startswith(b"GET /fig/healthz")
