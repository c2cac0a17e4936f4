"""What goes to an upstream, and what comes back."""

from tests.rigs.facade.wires.wire import without

GET = b"GET /legacy/a HTTP/1.1\r\nHost: shop.test\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 2\r\n\r\nhi"


def test_a_request_is_written_anew(door) -> None:
    door.client().send(GET)
    sent = door.upstream.read()
    assert without(sent, b"traceparent") == (
        b"GET /legacy/a HTTP/1.1\r\n"
        b"Host: shop.test\r\n"
        b"X-Forwarded-Host: shop.test\r\n"
        b"X-Forwarded-For: 192.0.2.7\r\n"
        b"X-Forwarded-Proto: http\r\n"
        b"Via: 1.1 fig\r\n"
        b"\r\n"
    )


def test_an_answer_is_written_anew(door) -> None:
    client = door.client()
    client.send(GET)
    door.upstream.send(OK)
    assert client.read() == (
        b"HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 2\r\nVia: 1.1 fig\r\n\r\nhi"
    )
    assert not client.ended


def test_connections_are_kept_on_both_sides(door) -> None:
    client = door.client()
    for _ in range(3):
        client.send(GET)
        door.upstream.send(OK)
        assert client.read().endswith(b"hi")


def test_hop_by_hop_headers_end_here(door) -> None:
    client = door.client()
    client.send(
        b"GET /legacy/a HTTP/1.1\r\nHost: a\r\nConnection: X-Secret, keep-alive\r\nX-Secret: 1\r\n"
        b"Keep-Alive: timeout=5\r\nTE: trailers\r\nProxy-Authorization: Basic eA==\r\n"
        b"Proxy-Connection: x\r\nX-Other: 2\r\n\r\n"
    )
    sent = door.upstream.read().lower()
    assert b"x-other: 2" in sent
    for gone in (b"x-secret", b"keep-alive", b"te:", b"proxy-"):
        assert gone not in sent
    door.upstream.send(
        b"HTTP/1.1 200 OK\r\nConnection: X-Gone\r\nX-Gone: 1\r\nKeep-Alive: timeout=9\r\n"
        b"X-Stays: 1\r\nContent-Length: 0\r\n\r\n"
    )
    got = client.read().lower()
    assert b"x-stays: 1" in got
    assert b"x-gone" not in got
    assert b"keep-alive" not in got


def test_our_own_headers_from_outside_are_removed(door) -> None:
    door.client().send(
        b"GET /legacy/a HTTP/1.1\r\nHost: a\r\nFig-After: 1\r\nFIG-shadow: 1\r\nX-Fig-User: 7\r\n"
        b"Fig_After: 2\r\nX_Forwarded_For: 6.6.6.6\r\nX-Forwarded-For: 6.6.6.6\r\n"
        b"Forwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n\r\n"
    )
    sent = door.upstream.read().lower()
    assert b"fig-" not in sent.replace(b"via: 1.1 fig", b"")
    assert b"fig_" not in sent
    assert b"6.6.6.6" not in sent


def test_our_own_headers_of_a_service_stay_inside(door) -> None:
    client = door.client()
    client.send(GET)
    door.upstream.send(b"HTTP/1.1 200 OK\r\nFig-Watermark: 17\r\nContent-Length: 0\r\n\r\n")
    assert b"Watermark" not in client.read()


def test_a_trusted_proxy_is_believed(make_door) -> None:
    door = make_door(
        'facade: {trusted_proxies: ["192.0.2.0/24"]}\n'
        'upstreams: {legacy: {url: "http://a.test:1"}}\nroutes: []\n'
    )
    door.client("192.0.2.9").send(
        b"GET / HTTP/1.1\r\nHost: in\r\n"
        b"X-Forwarded-For: 203.0.113.5\r\nX-Forwarded-Proto: https\r\n"
        b"X-Forwarded-Host: shop.test\r\n\r\n"
    )
    sent = door.upstream.read()
    assert b"X-Forwarded-For: 203.0.113.5, 192.0.2.9\r\n" in sent
    assert b"X-Forwarded-Proto: https\r\n" in sent
    assert b"X-Forwarded-Host: shop.test\r\n" in sent
    assert sent.count(b"X-Forwarded-") == 3


def test_repeated_set_cookie_stays_repeated(door) -> None:
    client = door.client()
    client.send(GET)
    door.upstream.send(
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
        b"Set-Cookie: a=1\r\nSet-Cookie: b=2; Path=/\r\n\r\n"
    )
    assert b"Set-Cookie: a=1\r\nSet-Cookie: b=2; Path=/\r\n" in client.read()


def test_an_answer_without_a_date_gets_ours(door) -> None:
    door.gateway.current.date = b"Date: now\r\n"
    client = door.client()
    client.send(GET)
    door.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert b"Date: now\r\n" in client.read()


def test_a_valid_traceparent_is_passed_on_and_another_begun(door) -> None:
    trace = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    client = door.client()
    client.send(GET[:-2] + b"traceparent: " + trace + b"\r\n\r\n")
    assert b"traceparent: " + trace + b"\r\n" in door.upstream.read()
    door.upstream.send(OK)
    client.send(GET[:-2] + b"traceparent: nonsense\r\n\r\n")
    sent = door.upstream.read()
    assert b"nonsense" not in sent
    assert sent.count(b"traceparent: 00-") == 1


def test_an_absolute_target_names_the_host(door) -> None:
    door.client().send(b"GET http://shop.test:80/legacy/a?b=1 HTTP/1.1\r\nHost: evil\r\n\r\n")
    sent = door.upstream.read()
    assert sent.startswith(b"GET /legacy/a?b=1 HTTP/1.1\r\nHost: shop.test:80\r\n")


def test_the_decision_shows_only_where_the_file_says_so(make_door) -> None:
    door = make_door(
        'facade: {expose: true}\nupstreams: {legacy: {url: "http://a.test:1"}}\nroutes: []\n'
    )
    client = door.client()
    client.send(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
    door.upstream.send(OK)
    version = door.gateway.current.table.routes.version.encode()
    assert (
        b"Fig-Decision: side=legacy; stage=legacy; bucket=-1; reason=unmatched; table=" + version
        in client.read()
    )
