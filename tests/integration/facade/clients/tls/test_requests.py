"""Clients of one facade that speaks https: requests, the choice of a certificate, refusals."""

import ssl
import urllib.request

import pytest

from chassis.process.tokens import authorization
from tests.integration.facade.clients.tls.conftest import Client, counted, until_end
from tests.integration.facade.conftest import eventually

pytestmark = pytest.mark.integration


def test_requests_over_tls(client: Client) -> None:
    said = client.get("/a?b", "X-Forwarded-Proto: http", "X-Mine: 1")
    assert said.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"GET /a?b HTTP/1.1\r\n" in said
    assert b"X-Forwarded-Proto: https\r\n" in said
    assert b"X-Forwarded-Host: shop.example\r\n" in said
    with client.connect() as sock:  # one connection serves many
        for number in range(3):
            sock.sendall(b"GET /%d HTTP/1.1\r\nHost: shop.example\r\n\r\n" % number)
            got = b""
            while b"Via: 1.1 fig" not in got.partition(b"\r\n\r\n")[2]:
                got += sock.recv(65536)
            assert b"GET /%d " % number in got


def test_the_newest_version_is_spoken_and_the_oldest_allowed_one(client: Client) -> None:
    client.context.set_alpn_protocols(["h2", "http/1.1"])
    with client.connect() as sock:
        assert (sock.version(), sock.selected_alpn_protocol()) == ("TLSv1.3", "http/1.1")
    client.context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert client.get().startswith(b"HTTP/1.1 200")


def test_the_certificate_is_chosen_by_name(client: Client) -> None:
    one, other = client.serial("shop.example"), client.serial("b.example")
    assert one != other
    assert client.serial("x.c.example") == other
    client.context.check_hostname = False
    assert client.serial("y.x.c.example") == client.serial("nobody.example") == one


def test_plain_http_is_answered_in_words_and_counted(shared, client: Client) -> None:
    facade, _ = shared
    eventually("it counts", lambda: "tls_plain" in counted(facade), 60.0)
    before = counted(facade)["tls_plain"]
    with facade.connect() as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        said = until_end(sock)
    assert said.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"This port speaks https" in said
    with facade.connect() as sock:
        sock.sendall(b"\x80\x2e\x01\x03\x01")
        until_end(sock)
    eventually("both count", lambda: counted(facade)["tls_plain"] == before + 2)
    assert client.get().startswith(b"HTTP/1.1 200")


def test_an_unread_refusal_over_tls(client: Client) -> None:
    with client.connect() as sock:
        sock.sendall(b"BAD\r\n\r\n")
        assert until_end(sock).startswith(b"HTTP/1.1 400")


def test_the_admin_port_stays_plain_and_needs_its_token(shared) -> None:
    """The admin port stays as it is: plain, and with its token."""
    facade, _ = shared
    url = f"http://127.0.0.1:{facade.admin}/api/status"
    request = urllib.request.Request(url)
    eventually("it answers", lambda: "ready" in facade.readiness(), 60.0)
    for name, value in authorization(url).items():
        request.add_header(name, value)
    with urllib.request.urlopen(request, timeout=20) as said:
        assert said.status == 200
