"""Failures of a side, retries, fallback."""

import json

import pytest

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
PHASES = [
    ("refuses", 502, "connect"),
    ("closes", 502, "closed"),
    ("nonsense", 502, "nonsense"),
    ("silent", 504, "first-byte"),
    ("unreachable", 504, "connect-timeout"),
]


def get(path: bytes, *lines: bytes) -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n" + b"".join(lines) + b"\r\n"


def fail(rig, client, request: bytes, how: str, port: int) -> None:
    """Let the upstream at this port fail a request in one of the ways."""
    if how == "refuses":
        rig.wire.refuse.add(port)
    if how == "unreachable":
        rig.wire.silent.add(port)
    client.send(request)
    if how == "unreachable":
        rig.wire.time_out()
    if how == "closes":
        rig.wire.dialled[-1].vanish()
    if how == "nonsense":
        rig.wire.dialled[-1].send(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    if how == "silent":
        rig.later(31)


@pytest.mark.parametrize(("how", "status", "phase"), PHASES)
def test_each_failure_has_its_status_and_phase(rig, how, status, phase) -> None:
    client = rig.client()
    fail(rig, client, get(b"/legacy/a"), how, 1000)
    head, _, body = client.read().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == status
    assert rig.counts("at-legacy")["failures"] == {f"legacy.{phase}": 1}
    assert not client.ended


@pytest.mark.parametrize(("how", "status", "phase"), PHASES)
def test_legacy_answers_for_a_failing_new_side(rig, how, status, phase) -> None:
    client = rig.client()
    fail(rig, client, get(b"/new/a"), how, 2000)
    legacy = rig.wire.dialled[-1]
    assert legacy.read().startswith(b"GET /new/a HTTP/1.1\r\n")
    legacy.send(OK)
    assert client.read().startswith(b"HTTP/1.1 200 OK")
    counts = rig.counts("at-new")
    assert counts["fallbacks"] == 1
    assert counts["failures"] == {f"new.{phase}": 1}
    assert counts["requests"] == {"legacy": 1, "new": 0}


@pytest.mark.parametrize("status", [502, 503, 504])
def test_legacy_answers_when_new_says_it_cannot(rig, status: int) -> None:
    client = rig.client()
    client.send(get(b"/new/a"))
    new = rig.upstream
    new.send(b"HTTP/1.1 %d Sorry\r\nContent-Length: 3\r\n\r\nbad" % status)
    rig.wire.dialled[1].send(OK)
    assert client.read().endswith(b"hi")
    assert not new.transport.closing  # a short answer was read to its end


def test_a_declining_service_is_well(rig) -> None:
    client = rig.client()
    for _ in range(30):
        client.send(get(b"/new/a"))
        rig.wire.dialled[0].send(
            b"HTTP/1.1 503 Service Unavailable\r\nFig-Declined: behind\r\nContent-Length: 0\r\n\r\n"
        )
        rig.wire.dialled[1].send(OK)
        assert client.read().endswith(b"hi")
    assert rig.counts("at-new")["failures"] == {"new.declined": 30}
    assert rig.breakers("fresh") == {"read": "closed"}


def test_there_is_no_way_back_from_retired(rig) -> None:
    rig.wire.refuse.add(2000)
    client = rig.client()
    client.send(get(b"/retired/a"))
    assert client.read().startswith(b"HTTP/1.1 502 ")
    assert not rig.wire.dialled


def test_a_write_never_falls_back(rig) -> None:
    rig.wire.refuse.add(2000)
    client = rig.client()
    client.send(b"POST /new/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
    assert client.read().startswith(b"HTTP/1.1 502 ")
    assert not rig.wire.dialled


def test_both_sides_failing_is_one_answer(rig) -> None:
    rig.wire.refuse |= {1000, 2000}
    client = rig.client()
    client.send(get(b"/new/a"))
    assert client.read().count(b"HTTP/1.1 502 ") == 1
    assert rig.counts("at-new")["failures"] == {"new.connect": 1, "legacy.connect": 1}


def test_a_person_gets_a_page(rig) -> None:
    rig.wire.refuse.add(1000)
    client = rig.client()
    client.send(get(b"/legacy/a", b"Accept: text/html,*/*\r\n"))
    got = client.read()
    assert b"text/html" in got
    assert b"refused the connection" in got


def test_head_gets_no_page(rig) -> None:
    rig.wire.refuse.add(1000)
    client = rig.client()
    client.send(get(b"/legacy/a").replace(b"GET", b"HEAD"))
    assert client.read().endswith(b"\r\n\r\n")


def warm(rig, client, path: bytes) -> None:
    client.send(get(path))
    rig.wire.dialled[-1].send(OK)
    rig.wire.dialled[-1].read()
    client.read()


def test_a_stale_connection_is_replaced_once(rig) -> None:
    client = rig.client()
    warm(rig, client, b"/legacy/a")
    client.send(get(b"/legacy/b"))
    rig.wire.dialled[0].vanish()
    second = rig.wire.dialled[1]
    assert second.read().startswith(b"GET /legacy/b")
    second.vanish()
    assert client.read().startswith(b"HTTP/1.1 502 ")
    assert len(rig.wire.dialled) == 2
    assert rig.counts("at-legacy")["retries"] == 1


def test_a_small_idempotent_body_is_sent_again(rig) -> None:
    client = rig.client()
    warm(rig, client, b"/legacy/a")
    client.send(b"PUT /legacy/a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
    rig.wire.dialled[0].vanish()
    assert rig.wire.dialled[1].read().endswith(b"\r\n\r\nabc")


def test_a_write_on_a_stale_connection_is_not_sent_twice(rig) -> None:
    client = rig.client()
    warm(rig, client, b"/legacy/a")
    client.send(b"POST /legacy/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
    rig.wire.dialled[0].vanish()
    assert client.read().startswith(b"HTTP/1.1 502 ")
    assert len(rig.wire.dialled) == 1


def test_a_write_avoids_a_connection_that_idled(rig) -> None:
    client = rig.client()
    warm(rig, client, b"/legacy/a")
    rig.later(2)
    client.send(b"POST /legacy/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
    assert rig.wire.dialled[0].read() == b""
    assert rig.wire.dialled[1].read().startswith(b"POST")


def test_an_answer_that_breaks_off_is_not_taken_for_whole(rig) -> None:
    client = rig.client()
    client.send(get(b"/new/a"))
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
    rig.upstream.vanish()
    assert client.read().endswith(b"abc")
    assert client.transport.aborted
    assert rig.counts("at-new")["failures"] == {"new.truncated": 1}
    assert len(rig.wire.dialled) == 1


def test_an_answer_that_stalls_is_broken_off(rig) -> None:
    client = rig.client()
    client.send(get(b"/legacy/a"))
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
    rig.later(31)
    assert client.transport.aborted
    assert rig.counts("at-legacy")["failures"] == {"legacy.stalled": 1}


def test_a_client_that_leaves_cancels_its_request(rig) -> None:
    client = rig.client()
    client.send(get(b"/legacy/a"))
    client.vanish()
    assert rig.upstream.transport.aborted
    assert rig.gateway.counters.client.aborted == 1
    assert rig.counts("at-legacy")["failures"] == {}


def test_clients_that_leave_do_not_open_the_breaker(rig) -> None:
    for _ in range(40):
        client = rig.client()
        client.send(get(b"/legacy/a"))
        client.vanish(ConnectionResetError())
    client = rig.client()
    client.send(get(b"/legacy/a"))
    assert rig.wire.dialled[-1].read().startswith(b"GET")


def test_the_breaker_opens_and_lets_probes_through(rig) -> None:
    client = rig.client()
    rig.wire.refuse.add(1000)
    for _ in range(20):
        client.send(get(b"/legacy/a"))
        assert client.read().startswith(b"HTTP/1.1 502 ")
    client.send(get(b"/legacy/a"))
    assert client.read().startswith(b"HTTP/1.1 503 ")
    rig.wire.refuse.clear()
    rig.later(5.5)
    client.send(get(b"/legacy/a"))
    rig.wire.dialled[-1].send(OK)
    assert client.read().startswith(b"HTTP/1.1 200 ")


def test_an_open_breaker_of_new_is_no_reason_to_fail(rig) -> None:
    client = rig.client()
    rig.wire.refuse.add(2000)
    for _ in range(25):
        client.send(get(b"/new/a"))
        rig.wire.dialled[0].send(OK)
        assert client.read().endswith(b"hi")
    counts = rig.counts("at-new")
    assert counts["failures"] == {"new.connect": 20}
    assert (counts["fallbacks"], counts["diverted"]) == (25, 5)
    assert counts["requests"] == {"legacy": 25, "new": 0}


def test_a_new_side_without_an_instance_is_counted_as_a_fallback(make_rig) -> None:
    rig = make_rig(
        'upstreams: {legacy: {url: "http://a.test:1000"}, fresh: {service: nobody}}\n'
        "routes: [{name: gone, match: GET /gone, new: fresh, stage: new}]\n"
    )
    client = rig.client()
    client.send(get(b"/gone"))
    rig.upstream.send(OK)
    assert client.read().endswith(b"hi")
    counts = rig.counts("gone")
    assert (counts["fallbacks"], counts["diverted"]) == (1, 1)
    assert rig.gateway.counters.of_route("gone").legacy.requests == 1


def test_with_both_sides_away_nobody_fell_back(rig) -> None:
    rig.wire.refuse |= {1000, 2000}
    client = rig.client()
    for _ in range(25):
        client.send(get(b"/new/a"))
        client.read()
    counts = rig.counts("at-new")
    assert (counts["fallbacks"], counts["diverted"]) == (20, 0)


def test_the_whole_exchange_has_a_deadline(make_rig) -> None:
    rig = make_rig(
        'upstreams: {legacy: {url: "http://a.test:1000"}}\n'
        "routes: [{name: quick, match: GET /q, stage: legacy, timeout: 2s}]\n"
    )
    client = rig.client()
    client.send(get(b"/q"))
    rig.later(2.5)
    assert client.read().startswith(b"HTTP/1.1 504 ")
    assert rig.counts("quick")["failures"] == {"legacy.deadline": 1}


def test_no_instance_is_unavailable(make_rig) -> None:
    rig = make_rig(
        'upstreams: {legacy: {url: "http://a.test:1000"}, svc: {service: catalog}}\n'
        "routes: [{name: r, match: GET /r, new: svc, stage: new},"
        " {name: w, match: POST /w, new: svc, stage: new}]\n"
    )
    client = rig.client()
    client.send(get(b"/r"))
    rig.wire.dialled[0].send(OK)
    assert client.read().endswith(b"hi")
    client.send(b"POST /w HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
    assert client.read().startswith(b"HTTP/1.1 503 ")
    rig.gateway.upstreams.discovered({"catalog": ["http://c.test:7000"]})
    client.send(get(b"/r"))
    assert rig.wire.dialled[1].transport.get_extra_info("peername") == ("c.test", 7000)
