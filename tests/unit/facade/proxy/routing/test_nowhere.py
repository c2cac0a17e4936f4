"""A table without legacy, on a worker's wire: what no route names, and what nobody may ask."""

from typing import Any

import pytest

from facade.routes.explain import Question, explain

ROUTES = """
upstreams: {fresh: {url: "http://new.test:2000"}}
routes:
  - {name: item, match: "GET /items/{id}", new: fresh, stage: new}
  - {name: whole, match: "GET /whole", compose: {one: GET /items/1, other: {get: /lost, optional: true}}}
"""  # noqa: E501
LEGACY = """
upstreams: {legacy: {url: "http://legacy.test:1000"}, fresh: {url: "http://new.test:2000"}}
routes:
  - {name: item, match: "GET /items/{id}", new: fresh, stage: new}
"""


@pytest.fixture
def door(make_door: Any) -> Any:
    return make_door(ROUTES)


def ask(door: Any, line: str, *more: str, body: bytes = b"") -> bytes:
    client = door.client()
    head = "\r\n".join((f"{line} HTTP/1.1", "Host: a", *more))
    client.send(head.encode() + b"\r\n\r\n" + body)
    return bytes(client.read())


def test_what_no_route_names_is_404_and_counted_by_its_shape(door: Any) -> None:
    said = ask(door, "GET /old/17")
    assert said.startswith(b"HTTP/1.1 404 ")
    assert b"application/problem+json" in said
    assert b"Nothing is at this address." in said
    assert b"Connection: close" not in said
    counts = door.gateway.counters.unmatched.snapshot()
    assert counts["GET /old/<id>"]["status"] == {"legacy": {"4xx": 1}}
    assert counts["GET /old/<id>"]["failures"] == {}
    assert "GET /old/17" in counts["GET /old/<id>"]["caller"]
    assert door.counts("(unmatched)")["requests"] == {"legacy": 1, "new": 0}
    assert door.wire.dialled == []


def test_one_that_brings_a_body_is_answered_and_the_connection_serves_on(door: Any) -> None:
    client = door.client()
    client.send(b"POST /old HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
    assert client.read().startswith(b"HTTP/1.1 404 ")
    client.send(b"GET /other HTTP/1.1\r\nHost: a\r\n\r\n")
    assert client.read().startswith(b"HTTP/1.1 404 ")


def test_a_side_that_fails_has_nobody_in_its_place(door: Any) -> None:
    door.wire.refuse.add(2000)
    assert ask(door, "GET /items/1").startswith(b"HTTP/1.1 503 ")
    assert door.counts("item")["fallbacks"] == 0
    assert "legacy" not in door.gateway.upstreams.live


def test_a_preflight_of_a_path_that_no_route_names_is_404_too(door: Any) -> None:
    line = "Access-Control-Request-Method: POST"
    assert ask(door, "OPTIONS /old", line).startswith(b"HTTP/1.1 404 ")


def test_a_part_that_no_route_names_is_missing(door: Any) -> None:
    client = door.client()
    client.send(b"GET /whole HTTP/1.1\r\nHost: a\r\n\r\n")
    (peer,) = door.wire.dialled
    peer.read()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
    assert b'"other":null' in client.read().replace(b" ", b"")


def test_legacy_may_go_while_the_worker_runs(door: Any) -> None:
    door.use(LEGACY)
    client = door.client()
    client.send(b"GET /old HTTP/1.1\r\nHost: a\r\n\r\n")
    assert len(door.wire.dialled) == 1, "legacy is asked"
    door.use(ROUTES)
    assert ask(door, "GET /old").startswith(b"HTTP/1.1 404 ")
    (peer,) = door.wire.dialled
    peer.read()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    assert client.read().endswith(b"ok"), "what began before ends as it began"


def test_explain_says_so(door: Any) -> None:
    found = explain(door.gateway.current.table.routes, Question("GET", "/old"))
    assert found.sentence == "no route names this path, and there is no legacy: 404"
