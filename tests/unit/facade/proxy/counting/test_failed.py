"""A request that fails is reported by the id that its client was given."""

import json
from typing import Any

import pytest

from facade.proxy.counting.failed import LONGEST_TARGET, MOST_KEPT
from facade.runtime.channel import FAILED

ROUTES = """
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000"}
routes:
  - {name: cart, match: "* /cart", new: fresh, stage: new}
"""


def request(target: str = "/cart", method: str = "GET") -> bytes:
    return f"{method} {target} HTTP/1.1\r\nHost: shop.test\r\n\r\n".encode()


def header(answer: bytes, name: bytes) -> str:
    head = answer.partition(b"\r\n\r\n")[0]
    lines = [one.partition(b": ") for one in head.split(b"\r\n")]
    return next(value.decode() for key, _, value in lines if key == name)


def reported(rig: Any) -> list[dict[str, Any]]:
    report = rig.gateway.failed.report()
    return report["requests"] if report else []


@pytest.fixture
def rig(make_rig: Any) -> Any:
    rig = make_rig(ROUTES)
    rig.wire.refuse.update({1000, 2000})
    return rig


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_id_is_in_a_header_and_in_the_report(rig: Any, method: str) -> None:
    client = rig.client()
    client.send(request(method=method))
    answer = client.read()
    assert answer.startswith(b"HTTP/1.1 502 ")
    (one,) = reported(rig)
    assert one["request_id"] == header(answer, b"Fig-Request-Id")
    shown = (one["status"], one["method"], one["route"], one["side"], one["phase"])
    assert shown == (502, method, "cart", "legacy", "connect")
    if method == "GET":
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["request_id"] == one["request_id"]


def test_the_id_is_that_of_the_trace_a_client_sent(rig: Any) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    sent = request().replace(
        b"\r\n\r\n", f"\r\nTraceparent: 00-{trace}-00f067aa0ba902b7-01\r\n\r\n".encode()
    )
    rig.client().send(sent)
    assert reported(rig)[0]["request_id"] == trace


def test_an_answer_that_breaks_off_is_reported_with_its_status(make_rig: Any) -> None:
    rig = make_rig(ROUTES)
    client = rig.client()
    client.send(request("/x"))
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
    client.read()
    rig.upstream.vanish()
    (one,) = reported(rig)
    assert (one["status"], one["phase"], one["side"]) == (200, "truncated", "legacy")


def test_what_fell_back_or_was_the_upstreams_own_word_did_not_fail(make_rig: Any) -> None:
    rig = make_rig(ROUTES)
    rig.wire.refuse.add(2000)
    client = rig.client()
    client.send(request())
    rig.upstream.send(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
    assert client.read().startswith(b"HTTP/1.1 500 ")
    assert rig.gateway.failed.report() is None


def test_no_value_of_a_query_is_shown_and_no_long_path(rig: Any) -> None:
    rig.client().send(request("/a?token=secret"))
    rig.client().send(request("/" + "b" * 1000))
    first, second = reported(rig)
    assert first["target"] == "/a?token=…"
    assert len(second["target"]) == LONGEST_TARGET


def test_more_than_it_keeps_is_a_number_and_a_taken_report_is_gone(rig: Any) -> None:
    client = rig.client()
    for _ in range(MOST_KEPT + 7):
        client.send(request("/x"))
        client.read()
    report = rig.gateway.failed.report()
    assert (len(report["requests"]), report["more"]) == (MOST_KEPT, 7)
    rig.channel.open = False
    rig.gateway.channel = rig.channel
    rig.gateway._report()
    assert rig.gateway.failed.report() == report, "the control process is away: it is kept"
    rig.channel.open = True
    rig.gateway._report()
    assert rig.gateway.failed.report() is None
    assert [frame.meta for frame in rig.channel.frames if frame.kind == FAILED] == [report]
