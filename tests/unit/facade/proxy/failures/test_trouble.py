"""What counts for a breaker, and for which trouble legacy answers: as the route file says."""

import pytest

ROUTES = """
upstreams:
  legacy: {url: "http://legacy.test:1000"%s}
  fresh:  {url: "http://new.test:2000"%s}
routes:
  - {name: at-new, match: "* /new/{rest*}", new: fresh, stage: new%s}
"""
ANSWER = b"HTTP/1.1 %d Sorry\r\nContent-Length: 2\r\n\r\nhi"
OPENED, CALLS = "open", 25  # more calls than `minimum_calls`


def get(path: bytes) -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n"


def answered(rig, path: bytes, status: int) -> bytes:
    """One client's answer, where the side that is asked answers with this status."""
    client = rig.client()
    client.send(get(path))
    rig.wire.dialled[-1].send(ANSWER % status)
    return client.read()


def broken(rig, how: str, port: int) -> None:
    """One request for which an upstream fails in this way."""
    client = rig.client()
    if how == "refused":
        rig.wire.refuse.add(port)
    if how == "unreachable":
        rig.wire.silent.add(port)
    client.send(get(b"/other"))
    match how:
        case "unreachable":
            rig.wire.time_out()
        case "closed":
            rig.wire.dialled[-1].vanish()
        case "no HTTP":
            rig.wire.dialled[-1].send(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        case "broken off":
            rig.wire.dialled[-1].send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi")
            rig.wire.dialled[-1].vanish()
    client.read()


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 408, 409, 429, 500, 501, 502, 503, 504, 507]
)
def test_what_legacy_says_on_purpose_opens_no_breaker(make_rig, status) -> None:
    """One client's limiter, one tenant's maintenance: the others are still answered."""
    rig = make_rig(ROUTES % ("", "", ""))
    for _ in range(CALLS):
        assert answered(rig, b"/other", status).startswith(b"HTTP/1.1 %d " % status)
    assert rig.breakers("legacy") == {"read": "closed"}
    assert answered(rig, b"/other", 200).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("count", "status", "state"),
    [
        ("503", 503, "open"),
        ("503", 500, "closed"),
        ("5xx", 500, "open"),
        ("5xx", 599, "open"),
        ("5xx", 429, "closed"),
        ("429", 429, "open"),
        ("4xx", 404, "open"),
        ("connect, reset", 503, "closed"),
    ],
)
def test_a_status_counts_where_it_is_named(make_rig, count, status, state) -> None:
    rig = make_rig(ROUTES % (f", breaker: {{count: [{count}]}}", "", ""))
    for _ in range(20):
        answered(rig, b"/other", status)
    assert rig.breakers("legacy") == {"read": state}


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("refused", "connect"),
        ("unreachable", "connect"),
        ("closed", "reset"),
        ("no HTTP", "reset"),
        ("broken off", "reset"),
    ],
)
def test_each_way_of_failing_has_a_kind(make_rig, how, kind) -> None:
    others = ", ".join(one for one in ("connect", "reset", "timeout") if one != kind)
    for count, state in ((kind, "open"), (others, "closed")):
        rig = make_rig(ROUTES % (f", breaker: {{count: [{count}]}}", "", ""))
        for _ in range(20):
            broken(rig, how, 1000)
        assert rig.breakers("legacy") == {"read": state}, count


@pytest.mark.parametrize(
    ("fallback", "status", "side"),
    [
        ("true", 502, "legacy"),
        ("true", 503, "legacy"),
        ("true", 504, "legacy"),
        ("true", 500, "new"),
        ("true", 404, "new"),
        ("{on: [5xx]}", 500, "legacy"),
        ("{on: [500]}", 503, "new"),
        ("{on: [connect]}", 503, "new"),
        ("{on: [404]}", 404, "legacy"),
        ("false", 503, "new"),
    ],
)
def test_legacy_answers_for_the_statuses_that_are_named(make_rig, fallback, status, side) -> None:
    rig = make_rig(ROUTES % ("", "", f", fallback: {fallback}"))
    client = rig.client()
    client.send(get(b"/new/a"))
    rig.wire.dialled[0].send(ANSWER % status)
    if side == "legacy":
        rig.wire.dialled[1].send(ANSWER % 200)
    expected = 200 if side == "legacy" else status
    assert client.read().startswith(b"HTTP/1.1 %d " % expected)
    assert rig.counts("at-new")["fallbacks"] == (side == "legacy")


@pytest.mark.parametrize(("on", "status"), [("connect", 200), ("timeout", 502)])
def test_legacy_answers_for_the_failures_that_are_named(make_rig, on, status) -> None:
    rig = make_rig(ROUTES % ("", "", f", fallback: {{on: [{on}]}}"))
    rig.wire.refuse.add(2000)
    client = rig.client()
    client.send(get(b"/new/a"))
    if status == 200:
        rig.upstream.send(ANSWER % 200)
    assert client.read().startswith(b"HTTP/1.1 %d " % status)
