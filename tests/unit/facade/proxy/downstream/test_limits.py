"""Limits, backpressure and time on the client's side."""

import pytest

GET = b"GET /legacy/a HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /legacy/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"
BIG = b"x" * 100_000


@pytest.fixture
def small(make_rig):
    return make_rig(
        "facade: {limits: {connections: 3, connections_per_client: 2, body: 10}}\n"
        'upstreams: {legacy: {url: "http://a.test:1", connections: 1}}\n'
        'routes: [{name: up, match: "POST /up", stage: legacy, max_body: 20}]\n'
    )


def test_one_client_has_so_many_connections(small) -> None:
    first, second, third = (small.client() for _ in range(3))
    assert third.read().startswith(b"HTTP/1.1 503 ")
    assert third.ended
    first.shut()
    again = small.client()
    again.send(GET)
    assert not again.ended
    assert not second.ended


def test_all_clients_have_so_many_connections(small) -> None:
    peers = [small.client(f"192.0.2.{number}") for number in range(4)]
    assert [peer.ended for peer in peers] == [False, False, False, True]
    assert small.gateway.counters.client.refused == 1


def test_a_chunked_body_is_counted(small) -> None:
    client = small.client()
    client.send(
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n"
    )
    assert client.read() == b""
    client.send(b"3\r\nabc\r\n")
    assert client.read().startswith(b"HTTP/1.1 413 ")
    assert small.upstream.transport.aborted


def test_a_route_has_a_body_limit_of_its_own(small) -> None:
    client = small.client()
    client.send(b"POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n")
    assert client.read() == b""
    other = small.client()
    other.send(b"POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 21\r\n\r\n")
    assert other.read().startswith(b"HTTP/1.1 413 ")


def test_requests_wait_for_a_connection_but_not_for_ever(small) -> None:
    first, second = small.client(), small.client()
    first.send(GET)
    second.send(GET)
    assert len(small.wire.dialled) == 1
    small.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
    assert first.read().endswith(b"a")
    small.upstream.read()
    small.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb")
    assert second.read().endswith(b"b")
    first.send(GET)
    second.send(GET)
    small.later(3)
    assert second.read().startswith(b"HTTP/1.1 503 ")


def test_a_waiting_client_may_leave(small) -> None:
    first, second = small.client(), small.client()
    first.send(GET)
    second.send(GET)
    second.vanish()
    small.upstream.read()
    small.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
    assert small.upstream.read() == b""
    first.send(GET)
    assert small.upstream.read().startswith(b"GET")


def test_a_slow_client_holds_the_upstream_back(rig) -> None:
    client = rig.client()
    client.transport.stuck = True
    client.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + BIG)
    assert rig.upstream.transport.reading_paused
    rig.upstream.send(BIG)
    assert len(client.unstick()) < 110_000
    assert not rig.upstream.transport.reading_paused
    rig.upstream.send(BIG)
    assert len(client.read()) == 200_000


def test_a_client_that_reads_nothing_is_dropped(rig) -> None:
    client = rig.client()
    client.transport.stuck = True
    client.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + BIG)
    rig.later(31)
    assert client.transport.aborted
    assert rig.upstream.transport.aborted
    assert rig.counts("at-legacy")["failures"] == {}


def test_a_slow_client_lets_go_of_a_whole_answer(rig) -> None:
    slow = rig.client()
    slow.transport.stuck = True
    slow.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + BIG)
    slow.send(GET)  # would be answered into memory: it waits
    rig.upstream.read()
    other = rig.client()
    other.send(GET)
    assert rig.upstream.read().startswith(b"GET")
    assert len(rig.wire.dialled) == 1
    slow.unstick()
    assert rig.wire.dialled[1].read().startswith(b"GET")


def test_a_client_that_is_full_with_the_last_chunk_stops_no_other_answer(rig) -> None:
    """The connection is free by then, and the next client's."""
    slow, other = rig.client(), rig.client()
    slow.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n")
    slow.transport.stuck = True
    slow.transport.high = len(slow.transport.sent) + 2
    rig.upstream.send(b"0\r\n\r\n")
    assert not rig.upstream.transport.reading_paused
    other.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
    assert other.read().endswith(b"a")


def test_a_slow_upstream_holds_the_client_back(rig) -> None:
    client = rig.client()
    client.send(POST)
    rig.upstream.read()
    rig.upstream.transport.stuck = True
    client.send(BIG)
    assert client.transport.reading_paused
    rig.upstream.unstick()
    assert not client.transport.reading_paused


def test_an_upstream_that_takes_nothing_has_failed(rig) -> None:
    client = rig.client()
    client.send(POST)
    rig.upstream.transport.stuck = True
    client.send(BIG)
    rig.later(31)
    assert client.read().startswith(b"HTTP/1.1 504 ")


def test_a_body_waits_for_its_connection_within_bounds(rig) -> None:
    rig.wire.silent.add(1000)
    client = rig.client()
    client.send(POST, BIG)
    assert client.transport.reading_paused


def test_a_head_must_come_in_time(rig) -> None:
    client = rig.client()
    client.send(b"GET / HTTP/1.1\r\n")
    for _ in range(9):
        rig.later(1)
        client.send(b"X: a\r\n")
    assert not client.ended
    rig.later(2)
    assert client.read().startswith(b"HTTP/1.1 408 ")
    assert client.ended


def test_a_connection_without_a_word_is_closed(rig) -> None:
    client = rig.client()
    rig.later(11)
    assert client.ended
    assert client.read() == b""


def test_an_idle_connection_is_closed(rig) -> None:
    client = rig.client()
    client.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    client.read()
    rig.later(70)
    assert not client.ended
    rig.later(10)
    assert client.ended
    assert client.read() == b""


def test_a_body_must_go_on(rig) -> None:
    client = rig.client()
    client.send(POST)
    for _ in range(3):
        rig.later(25)
        client.send(b"x")
    assert not client.ended
    rig.later(31)
    assert client.read().startswith(b"HTTP/1.1 408 ")
    assert rig.upstream.transport.aborted
    assert rig.counts("at-legacy")["failures"] == {}


def test_idle_upstream_connections_are_let_go(rig) -> None:
    client = rig.client()
    client.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    rig.later(31)
    assert rig.upstream.transport.aborted
    assert rig.gateway.upstreams.live["legacy"].snapshot()["connections"] == 0


def test_a_lingering_client_is_cut_off(rig) -> None:
    client = rig.client()
    client.send(b"GET / HTTP/1.1\r\n\r\n")
    assert client.transport.half_closed
    client.send(BIG)
    assert not client.transport.closing
    rig.later(3)
    assert client.transport.aborted


def test_draining_lets_requests_finish_and_closes_the_rest(rig) -> None:
    busy, idle = rig.client(), rig.client()
    busy.send(GET)
    rig.gateway.current.draining = True
    for client in tuple(rig.gateway.clients.open):
        client.drain()
    rig.wire.settle()
    assert idle.ended
    assert not busy.ended
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
    assert b"Connection: close" in busy.read()
    assert busy.ended


def test_a_request_keeps_its_table_and_the_next_one_has_the_new(rig) -> None:
    client = rig.client()
    client.send(GET)
    rig.use('upstreams: {legacy: {url: "http://other.test:3000"}}\nroutes: []\n')
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
    assert client.read().endswith(b"a")
    client.send(GET)
    assert rig.wire.dialled[1].transport.get_extra_info("peername") == ("other.test", 3000)
    assert rig.wire.dialled[0].transport.aborted


def test_connections_survive_a_reload(rig) -> None:
    client = rig.client()
    client.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
    rig.upstream.read()
    document = rig.gateway.current.table.routes
    assert document.match(b"GET", "/legacy/a").name == "at-legacy"
    rig.use(
        'upstreams:\n  legacy: {url: "http://legacy.test:1000"}\n'
        'routes: [{name: other, match: "GET /legacy/{x}", stage: legacy}]\n'
    )
    client.send(GET)
    assert rig.upstream.read().startswith(b"GET")
