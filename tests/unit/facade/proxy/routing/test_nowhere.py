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
def rig(make_rig: Any) -> Any:
    return make_rig(ROUTES)


def ask(rig: Any, line: str, *more: str, body: bytes = b"") -> bytes:
    client = rig.client()
    head = "\r\n".join((f"{line} HTTP/1.1", "Host: a", *more))
    client.send(head.encode() + b"\r\n\r\n" + body)
    return bytes(client.read())


def test_what_no_route_names_is_404_and_counted_by_its_shape(rig: Any) -> None:
    said = ask(rig, "GET /old/17")
    assert said.startswith(b"HTTP/1.1 404 ")
    assert b"application/problem+json" in said
    assert b"Nothing is at this address." in said
    assert b"Connection: close" not in said
    counts = rig.gateway.counters.unmatched.snapshot()
    assert counts["GET /old/<id>"]["status"] == {"legacy": {"4xx": 1}}
    assert counts["GET /old/<id>"]["failures"] == {}
    assert "GET /old/17" in counts["GET /old/<id>"]["caller"]
    assert rig.counts("(unmatched)")["requests"] == {"legacy": 1, "new": 0}
    assert rig.wire.dialled == []


def test_one_that_brings_a_body_is_answered_and_the_connection_serves_on(rig: Any) -> None:
    client = rig.client()
    client.send(b"POST /old HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
    assert client.read().startswith(b"HTTP/1.1 404 ")
    client.send(b"GET /other HTTP/1.1\r\nHost: a\r\n\r\n")
    assert client.read().startswith(b"HTTP/1.1 404 ")


def test_a_side_that_fails_has_nobody_in_its_place(rig: Any) -> None:
    rig.wire.refuse.add(2000)
    assert ask(rig, "GET /items/1").startswith(b"HTTP/1.1 503 ")
    assert rig.counts("item")["fallbacks"] == 0
    assert "legacy" not in rig.gateway.upstreams.live


def test_a_preflight_of_a_path_that_no_route_names_is_404_too(rig: Any) -> None:
    line = "Access-Control-Request-Method: POST"
    assert ask(rig, "OPTIONS /old", line).startswith(b"HTTP/1.1 404 ")


def test_a_part_that_no_route_names_is_missing(rig: Any) -> None:
    client = rig.client()
    client.send(b"GET /whole HTTP/1.1\r\nHost: a\r\n\r\n")
    (peer,) = rig.wire.dialled
    peer.read()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
    assert b'"other":null' in client.read().replace(b" ", b"")


def test_legacy_may_go_while_the_worker_runs(rig: Any) -> None:
    rig.use(LEGACY)
    client = rig.client()
    client.send(b"GET /old HTTP/1.1\r\nHost: a\r\n\r\n")
    assert len(rig.wire.dialled) == 1, "legacy is asked"
    rig.use(ROUTES)
    assert ask(rig, "GET /old").startswith(b"HTTP/1.1 404 ")
    (peer,) = rig.wire.dialled
    peer.read()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    assert client.read().endswith(b"ok"), "what began before ends as it began"


def test_explain_says_so(rig: Any) -> None:
    found = explain(rig.gateway.current.table.routes, Question("GET", "/old"))
    assert found.sentence == "no route names this path, and there is no legacy: 404"
