"""How long an answer may take to begin: as the upstream says, or as the route does."""

from typing import Any

import pytest

ROUTES = """
upstreams:
  legacy: {url: "http://legacy.test:1000", timeouts: {first_byte: 10s}}
  fresh:  {url: "http://new.test:2000"}
routes:
  - {name: page, match: GET /page, stage: legacy}
  - {name: prompt, match: GET /prompt, stage: legacy, first_byte: 2s}
  - {name: form, match: POST /form, stage: legacy, first_byte: 2s}
  - {name: slow, match: GET /slow, new: fresh, stage: shadow, first_byte: 40s,
     compare: {sample: 100%}}
"""
ASKED = {
    "page": b"GET /page HTTP/1.1\r\nHost: shop.test\r\n\r\n",
    "prompt": b"GET /prompt HTTP/1.1\r\nHost: shop.test\r\n\r\n",
    "form": b"POST /form HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 1\r\n\r\nx",
}
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"


@pytest.fixture
def rig(make_rig: Any) -> Any:
    return make_rig(ROUTES)


@pytest.mark.parametrize(("route", "seconds"), [("page", 10), ("prompt", 2), ("form", 2)])
def test_an_answer_that_does_not_begin_is_not_waited_for(
    rig: Any, route: str, seconds: float
) -> None:
    client = rig.client()
    client.send(ASKED[route])
    rig.later(seconds - 1)
    assert client.read() == b""
    rig.later(2)
    assert client.read().startswith(b"HTTP/1.1 504 ")


def test_a_connection_has_the_patience_of_each_of_its_requests(rig: Any) -> None:
    client = rig.client()
    client.send(ASKED["prompt"])
    rig.upstream.send(OK)
    client.read()
    client.send(ASKED["page"])
    rig.later(8)
    assert client.read() == b""
    rig.upstream.send(OK)
    assert client.read().startswith(b"HTTP/1.1 200 ")


def test_a_pair_of_a_slow_route_is_waited_for(rig: Any) -> None:
    client = rig.client()
    client.send(b"GET /slow HTTP/1.1\r\nHost: shop.test\r\n\r\n")
    live, copy = rig.wire.dialled
    copy.send(OK)
    rig.later(35)
    live.send(OK)
    assert client.read().startswith(b"HTTP/1.1 200 ")
    assert len(rig.channel.pairs) == 1
    assert rig.counts("slow")["shadow"]["shed"] == {}
