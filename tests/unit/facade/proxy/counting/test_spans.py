"""A traced request leaves its times, attempts and decision; its sides are asked under it."""

import re
from typing import Any

import pytest

from facade.proxy.counting.spans import MOST_KEPT

ROUTES = """
facade: {tracing: {sample: %s, writes: %s}}
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000"}
routes:
  - {name: article, match: "* /article/{sku}", new: fresh, stage: new, fallback: true}
  - name: shadowed
    match: "* /shadow/{rest*}"
    new: fresh
    stage: shadow
    compare: {sample: 100%%}
"""
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
DECLINED = b"HTTP/1.1 503 no\r\nFig-Declined: behind\r\nContent-Length: 0\r\n\r\n"
CLIENTS = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0%d"


def get(target: str, trace: str = "", method: str = "GET") -> bytes:
    field = f"traceparent: {trace}\r\n" if trace else ""
    return f"{method} {target} HTTP/1.1\r\nHost: a\r\n{field}\r\n".encode()


def sent_trace(data: bytes) -> tuple[str, int, str]:
    """The trace's id, the span and the flags of a head that was sent on."""
    found = re.search(rb"traceparent: 00-(\w{32})-(\w{16})-(\w\w)\r\n", data)
    assert found is not None
    return found[1].decode(), int(found[2], 16), found[3].decode()


@pytest.fixture
def rig(make_rig: Any) -> Any:
    return make_rig(ROUTES % ("0%", "100%"))


@pytest.fixture
def traced(make_rig: Any) -> Any:
    return make_rig(ROUTES % ("100%", "100%"))


def test_a_side_is_asked_under_the_span_of_its_attempt(traced: Any) -> None:
    client = traced.client()
    client.send(get("/article/P-1?color=red"))
    trace, span, flags = sent_trace(traced.upstream.read())
    traced.upstream.send(OK)
    (one,) = traced.gateway.spans.report()["requests"]
    (attempt,) = one["attempts"]
    assert (one["trace"], attempt["span"], flags) == (trace, span, "01")
    assert one["span"] != span and one["parent"] == ""
    assert (one["route"], one["side"], one["reason"]) == ("article", "new", "stage")
    assert (one["status"], one["path"], attempt["status"]) == (200, "/article/P-1", 200)
    assert one["start"] <= attempt["start"] <= attempt["end"] == one["end"]
    traced.gateway.spans.reported()
    assert traced.gateway.spans.report() is None


def test_the_clients_span_is_the_parent(traced: Any) -> None:
    traced.client().send(get("/article/P-1", CLIENTS % 0))
    assert sent_trace(traced.upstream.read())[0] == CLIENTS[3:35]
    traced.upstream.send(OK)
    (one,) = traced.gateway.spans.report()["requests"]
    assert (one["trace"], one["parent"]) == (CLIENTS[3:35], "00f067aa0ba902b7")


def test_a_side_that_declines_is_an_attempt_of_its_own(traced: Any) -> None:
    client = traced.client()
    client.send(get("/article/P-1"))
    new = traced.wire.dialled[0]
    first = sent_trace(new.read())
    new.send(DECLINED)
    second = sent_trace(traced.wire.dialled[1].read())
    traced.wire.dialled[1].send(OK)
    (one,) = traced.gateway.spans.report()["requests"]
    attempts = [(each["side"], each["failed"], each["status"]) for each in one["attempts"]]
    assert attempts == [("new", "declined", 0), ("legacy", "", 200)]
    assert [each["span"] for each in one["attempts"]] == [first[1], second[1]]
    assert (one["side"], one["answered_by"]) == ("new", "legacy")


def test_a_copy_has_a_span_under_the_request(traced: Any) -> None:
    client = traced.client()
    client.send(get("/shadow/a"))
    live, copy = traced.wire.dialled
    live.send(OK)
    span = sent_trace(copy.read())[1]
    copy.send(OK)
    report = traced.gateway.spans.report()
    (request,), (copied,) = report["requests"], report["copies"]
    assert (copied["span"], copied["parent"]) == (span, request["span"])
    assert (copied["side"], copied["upstream"], copied["status"]) == ("new", "fresh", 200)


def test_a_request_without_an_answer_says_why(traced: Any) -> None:
    traced.wire.refuse.update({1000, 2000})
    traced.client().send(get("/article/P-1", method="POST"))
    (one,) = traced.gateway.spans.report()["requests"]
    assert (one["status"], one["failed"], one["attempts"][-1]["failed"]) == (
        502,
        "connect",
        "connect",
    )


def test_reads_and_writes_have_shares_of_their_own(rig: Any) -> None:
    client = rig.client()
    client.send(get("/article/P-1"))
    assert sent_trace(rig.upstream.read())[2] == "00"
    rig.upstream.send(OK)
    client.send(get("/article/P-1", method="POST"))
    assert sent_trace(rig.upstream.read())[2] == "01"
    rig.upstream.send(OK)
    assert len(rig.gateway.spans.report()["requests"]) == 1


def test_a_client_that_traces_is_traced(rig: Any) -> None:
    rig.client().send(get("/article/P-1", CLIENTS % 1))
    rig.upstream.send(OK)
    assert rig.gateway.spans.report()["requests"][0]["trace"] == CLIENTS[3:35]


def test_where_nothing_is_traced_the_clients_word_is_passed_on(make_rig: Any) -> None:
    rig = make_rig(ROUTES % ("0%", "0%"))
    rig.client().send(get("/article/P-1", CLIENTS % 1))
    assert (CLIENTS % 1).encode() in rig.upstream.read()
    rig.upstream.send(OK)
    assert rig.gateway.spans.report() is None


def test_what_nobody_takes_is_counted(traced: Any) -> None:
    client = traced.client()
    for _ in range(MOST_KEPT + 2):
        client.send(get("/article/P-1"))
        traced.upstream.send(OK)
    report = traced.gateway.spans.report()
    assert (len(report["requests"]), report["more"]) == (MOST_KEPT, 2)
