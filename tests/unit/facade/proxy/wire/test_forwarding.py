"""What goes to an upstream, and what comes back."""

from tests.rigs.facade.wires.wire import without

GET = b"GET /legacy/a HTTP/1.1\r\nHost: shop.test\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 2\r\n\r\nhi"


def test_a_request_is_written_again(rig) -> None:
    rig.client().send(GET)
    sent = rig.upstream.read()
    assert without(sent, b"traceparent") == (
        b"GET /legacy/a HTTP/1.1\r\n"
        b"Host: shop.test\r\n"
        b"X-Forwarded-Host: shop.test\r\n"
        b"X-Forwarded-For: 192.0.2.7\r\n"
        b"X-Forwarded-Proto: http\r\n"
        b"Via: 1.1 fig\r\n"
        b"\r\n"
    )


def test_an_answer_is_written_again(rig) -> None:
    client = rig.client()
    client.send(GET)
    rig.upstream.send(OK)
    assert client.read() == (
        b"HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 2\r\nVia: 1.1 fig\r\n\r\nhi"
    )
    assert not client.ended


def test_connections_are_kept_on_both_sides(rig) -> None:
    client = rig.client()
    for _ in range(3):
        client.send(GET)
        rig.upstream.send(OK)
        assert client.read().endswith(b"hi")


def test_hop_by_hop_headers_end_here(rig) -> None:
    client = rig.client()
    client.send(
        b"GET /legacy/a HTTP/1.1\r\nHost: a\r\nConnection: X-Secret, keep-alive\r\nX-Secret: 1\r\n"
        b"Keep-Alive: timeout=5\r\nTE: trailers\r\nProxy-Authorization: Basic eA==\r\n"
        b"Proxy-Connection: x\r\nX-Other: 2\r\n\r\n"
    )
    sent = rig.upstream.read().lower()
    assert b"x-other: 2" in sent
    for gone in (b"x-secret", b"keep-alive", b"te:", b"proxy-"):
        assert gone not in sent
    rig.upstream.send(
        b"HTTP/1.1 200 OK\r\nConnection: X-Gone\r\nX-Gone: 1\r\nKeep-Alive: timeout=9\r\n"
        b"X-Stays: 1\r\nContent-Length: 0\r\n\r\n"
    )
    got = client.read().lower()
    assert b"x-stays: 1" in got
    assert b"x-gone" not in got
    assert b"keep-alive" not in got


def test_our_own_headers_from_outside_are_removed(rig) -> None:
    rig.client().send(
        b"GET /legacy/a HTTP/1.1\r\nHost: a\r\nFig-After: 1\r\nFIG-shadow: 1\r\nX-Fig-User: 7\r\n"
        b"Fig_After: 2\r\nX_Forwarded_For: 6.6.6.6\r\nX-Forwarded-For: 6.6.6.6\r\n"
        b"Forwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n\r\n"
    )
    sent = rig.upstream.read().lower()
    assert b"fig-" not in sent.replace(b"via: 1.1 fig", b"")
    assert b"fig_" not in sent
    assert b"6.6.6.6" not in sent


def test_our_own_headers_of_a_service_stay_inside(rig) -> None:
    client = rig.client()
    client.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nFig-Watermark: 17\r\nContent-Length: 0\r\n\r\n")
    assert b"Watermark" not in client.read()


def test_a_trusted_proxy_is_believed(make_rig) -> None:
    rig = make_rig(
        'facade: {trusted_proxies: ["192.0.2.0/24"]}\n'
        'upstreams: {legacy: {url: "http://a.test:1"}}\nroutes: []\n'
    )
    rig.client("192.0.2.9").send(
        b"GET / HTTP/1.1\r\nHost: in\r\n"
        b"X-Forwarded-For: 203.0.113.5\r\nX-Forwarded-Proto: https\r\n"
        b"X-Forwarded-Host: shop.test\r\n\r\n"
    )
    sent = rig.upstream.read()
    assert b"X-Forwarded-For: 203.0.113.5, 192.0.2.9\r\n" in sent
    assert b"X-Forwarded-Proto: https\r\n" in sent
    assert b"X-Forwarded-Host: shop.test\r\n" in sent
    assert sent.count(b"X-Forwarded-") == 3


def test_repeated_set_cookie_stays_repeated(rig) -> None:
    client = rig.client()
    client.send(GET)
    rig.upstream.send(
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
        b"Set-Cookie: a=1\r\nSet-Cookie: b=2; Path=/\r\n\r\n"
    )
    assert b"Set-Cookie: a=1\r\nSet-Cookie: b=2; Path=/\r\n" in client.read()


def test_an_answer_without_a_date_gets_ours(rig) -> None:
    rig.gateway.current.date = b"Date: now\r\n"
    client = rig.client()
    client.send(GET)
    rig.upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert b"Date: now\r\n" in client.read()


def test_a_valid_traceparent_is_passed_on_and_another_begun(rig) -> None:
    trace = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    client = rig.client()
    client.send(GET[:-2] + b"traceparent: " + trace + b"\r\n\r\n")
    assert b"traceparent: " + trace + b"\r\n" in rig.upstream.read()
    rig.upstream.send(OK)
    client.send(GET[:-2] + b"traceparent: nonsense\r\n\r\n")
    sent = rig.upstream.read()
    assert b"nonsense" not in sent
    assert sent.count(b"traceparent: 00-") == 1


def test_an_absolute_target_names_the_host(rig) -> None:
    rig.client().send(b"GET http://shop.test:80/legacy/a?b=1 HTTP/1.1\r\nHost: evil\r\n\r\n")
    sent = rig.upstream.read()
    assert sent.startswith(b"GET /legacy/a?b=1 HTTP/1.1\r\nHost: shop.test:80\r\n")


def test_the_decision_shows_only_where_the_file_says_so(make_rig) -> None:
    rig = make_rig(
        'facade: {expose: true}\nupstreams: {legacy: {url: "http://a.test:1"}}\nroutes: []\n'
    )
    client = rig.client()
    client.send(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
    rig.upstream.send(OK)
    version = rig.gateway.current.table.routes.version.encode()
    assert (
        b"Fig-Decision: side=legacy; stage=legacy; bucket=-1; reason=unmatched; table=" + version
        in client.read()
    )
