"""Upgrades: a tunnel to the side that the route decided."""

ASK = (
    b"GET /new/ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Key: x\r\n\r\n"
)
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


def test_bytes_go_both_ways(rig) -> None:
    client = rig.client()
    client.send(ASK + b"early")
    sent = rig.upstream.read()
    assert b"Connection: Upgrade\r\nUpgrade: websocket\r\n" in sent
    assert b"Sec-WebSocket-Key: x\r\n" in sent
    assert sent.endswith(b"\r\n\r\n")
    rig.upstream.send(SWITCH + b"hello")
    got = client.read()
    assert got.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert got.endswith(b"\r\n\r\nhello")
    assert rig.upstream.read() == b"early"
    client.send(b"\x81\x85")
    assert rig.upstream.read() == b"\x81\x85"
    rig.later(1000)
    rig.upstream.send(b"still here")
    assert client.read() == b"still here"


def test_an_end_ends_the_other(rig) -> None:
    client = rig.client()
    client.send(ASK)
    rig.upstream.send(SWITCH)
    rig.upstream.shut()
    assert client.transport.half_closed
    client.shut()
    assert client.transport.closing
    assert rig.upstream.transport.closing
    assert rig.gateway.counters.client.connections == 0
    assert rig.gateway.upstreams.live["fresh"].snapshot()["connections"] == 0


def test_where_tls_cannot_end_one_direction_the_upstreams_end_is_the_clients(
    rig, monkeypatch
) -> None:
    client = rig.client()
    client.send(ASK)
    rig.upstream.send(SWITCH + b"bye")
    monkeypatch.setattr(client.transport, "can_write_eof", lambda: False)
    rig.upstream.shut()
    assert client.transport.closing
    assert not client.transport.aborted
    assert client.read().endswith(b"bye")


def test_a_client_that_has_sent_all_may_still_read(rig, monkeypatch) -> None:
    client = rig.client()
    client.send(ASK)
    rig.upstream.send(SWITCH)
    monkeypatch.setattr(rig.upstream.transport, "can_write_eof", lambda: False)
    client.shut()
    assert not rig.upstream.transport.closing
    rig.upstream.send(b"late")
    assert client.read().endswith(b"late")


def test_a_slow_end_holds_the_other_back(rig) -> None:
    client = rig.client()
    client.send(ASK)
    rig.upstream.send(SWITCH)
    client.read()
    client.transport.stuck = True
    rig.upstream.send(b"x" * 100_000)
    assert rig.upstream.transport.reading_paused
    client.unstick()
    assert not rig.upstream.transport.reading_paused


def test_a_server_may_decline(rig) -> None:
    client = rig.client()
    client.send(ASK)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno")
    assert client.read().endswith(b"no")
    client.send(b"GET /new/a HTTP/1.1\r\nHost: a\r\n\r\n")
    assert rig.upstream.read().endswith(b"\r\n\r\n")


def test_h2c_is_not_asked_for(rig) -> None:
    client = rig.client()
    client.send(
        b"POST /new/a HTTP/1.1\r\nHost: a\r\n"
        b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        b"HTTP2-Settings: AAMAAABk\r\nContent-Length: 2\r\n\r\nhi"
    )
    sent = rig.upstream.read()
    assert b"h2c" not in sent
    assert b"Settings" not in sent
    assert sent.endswith(b"\r\n\r\nhi")


def test_a_tunnel_counts_as_an_answer(rig) -> None:
    client = rig.client()
    client.send(ASK)
    rig.upstream.send(SWITCH)
    assert rig.counts("at-new")["status"]["new"] == {"1xx": 1}
