"""What becomes of an upstream's own addresses in its answers.

The habits covered are those of ProxyPassReverse and ProxyPassReverseCookie… of Apache, and of
proxy_redirect and proxy_cookie_… of nginx.
"""

import pytest

from facade.http1.responses import read_response
from facade.rewriting.answered import AnswerRewrite, Asked
from facade.routes.config.routefile import UpstreamConfig
from facade.routes.file.reading import load

OPTIONS = {
    "host": '{url: "http://10.0.0.7:8080", host: shop.internal}',
    "secure": '{url: "https://shop.internal", host: shop.internal}',
    "port": '{url: "http://10.0.0.7:8080", host: "shop.internal:81"}',
    "url": '{url: "http://10.0.0.7:8080", rewrite: true}',
    "six": '{url: "http://[fd00::7]:8080", rewrite: true}',
    "socket": '{url: "unix:/run/shop.sock", host: shop.internal}',
    "strip": '{url: "http://10.0.0.7:8080", prefix: {strip: /shop}}',
    "add": '{url: "http://10.0.0.7:8080", prefix: {add: /app}}',
    "both": '{url: "http://10.0.0.7:8080", host: shop.internal, prefix: {strip: /shop, add: /app}}',
    "within": '{url: "http://10.0.0.7:8080", prefix: {strip: /shop, add: /shop/v2}}',
    "named": '{url: "http://10.0.0.7:8080", rewrite: {own: ["http://old.internal:81"], redirects:'
    ' {"http://Static.internal/x": "https://static.example/y", "/old": /new, "http://all": /},'
    " cookie_domains: {.shop.internal: shop.example}, cookie_paths: {/app: /, /: /shop}}}",
    "all": '{url: "http://10.0.0.7:8080", rewrite: {redirects: {/: /shop}}}',
    "several": '{urls: ["http://a.internal:80", "http://b.internal:81"], rewrite: true}',
}


def config_of(name: str) -> UpstreamConfig:
    return load(f"upstreams: {{legacy: {OPTIONS[name]}}}".encode()).file.upstreams["legacy"]


def rewriting(name: str) -> AnswerRewrite:
    found = AnswerRewrite.of(config_of(name))
    assert found is not None
    return found


def asked(host: str = "www.shop.example:8443", proto: str = "http") -> Asked:
    lines = f"GET / HTTP/1.1\r\nX-Forwarded-Host: {host}\r\nX-Forwarded-Proto: {proto}\r\n\r\n"
    return Asked.of(lines.encode())


@pytest.mark.parametrize(
    ("options", "given", "seen"),
    [
        # its own host, under whichever of its ports
        ("host", "http://shop.internal/a?b#c", "/a?b#c"),
        ("host", "http://shop.internal", "/"),
        ("host", "http://shop.internal?b", "/?b"),
        ("host", "http://shop.internal:80/a", "/a"),
        ("host", "http://shop.internal:8080/a", "/a"),
        ("host", "http://10.0.0.7:8080/a", "/a"),
        ("host", "HTTP://Shop.Internal./A", "/A"),
        ("host", "//shop.internal/a", "/a"),
        ("host", "http://10.0.0.7/a", "http://10.0.0.7/a"),
        ("host", "http://shop.internal:9/a", "http://shop.internal:9/a"),
        ("host", "http://other.internal/a", "http://other.internal/a"),
        ("host", "http://shop.internal.evil.example/", "http://shop.internal.evil.example/"),
        ("host", "http://me@shop.internal/a", "http://me@shop.internal/a"),
        ("host", "http://www.shop.example:8443/a", "http://www.shop.example:8443/a"),
        ("host", "/a", "/a"),
        ("host", "a/b", "a/b"),
        ("host", "", ""),
        ("host", "?x", "?x"),
        ("host", "mailto:a@shop.internal", "mailto:a@shop.internal"),
        ("host", "ftp://shop.internal/a", "ftp://shop.internal/a"),
        ("port", "http://shop.internal:81/a", "/a"),
        ("port", "http://shop.internal/a", "http://shop.internal/a"),
        ("url", "http://10.0.0.7:8080/a", "/a"),
        ("six", "http://[FD00::7]:8080/a", "/a"),
        ("six", "http://[fd00::8]:8080/a", "http://[fd00::8]:8080/a"),
        ("socket", "http://shop.internal/a", "/a"),
        ("several", "http://a.internal/a", "/a"),
        ("several", "http://b.internal:81/a", "/a"),
        ("several", "http://b.internal/a", "http://b.internal/a"),
        # a path that browsers would take for a host stays one
        ("host", "http://shop.internal//evil.example/", "/.//evil.example/"),
        ("host", "http://shop.internal/\\evil.example/", "/./\\evil.example/"),
        ("host", "http://shop.internal/\t/evil.example/", "/./\t/evil.example/"),
        ("add", "/app//evil.example/", "/.//evil.example/"),
        ("host", "//evil.example/", "//evil.example/"),
        ("host", "/\\evil.example/", "/\\evil.example/"),
        ("host", "http:\\\\shop.internal\\a", "http:\\\\shop.internal\\a"),
        # a prefix that was taken off is put before, one that was put before is taken off
        ("strip", "/a", "/shop/a"),
        ("strip", "/", "/shop/"),
        ("strip", "/?x", "/shop/?x"),
        ("strip", "/shop/a", "/shop/a"),
        ("strip", "/shopping", "/shop/shopping"),
        ("strip", "a", "a"),
        ("strip", "//other/a", "//other/a"),
        ("strip", "http://10.0.0.7:8080/a", "/shop/a"),
        ("strip", "http://10.0.0.7:8080", "/shop/"),
        ("strip", "http://www.shop.example:8443/a", "http://www.shop.example:8443/shop/a"),
        ("strip", "http://www.shop.example:8443/shop/a", "http://www.shop.example:8443/shop/a"),
        ("strip", "http://other.example/a", "http://other.example/a"),
        ("add", "/app/a", "/a"),
        ("add", "/app", "/"),
        ("add", "/app?x", "/?x"),
        ("add", "/other", "/other"),
        ("both", "/app/a", "/shop/a"),
        ("both", "/app", "/shop"),
        ("both", "/shop/a", "/shop/a"),
        ("both", "/other", "/other"),
        ("both", "http://shop.internal/app/a", "/shop/a"),
        ("both", "http://shop.internal/other", "/other"),
        ("within", "/shop/v2/a", "/shop/a"),
        ("within", "/shop/a", "/shop/a"),
        # named one by one: the first that fits
        ("named", "http://static.internal/x", "https://static.example/y"),
        ("named", "http://STATIC.internal/x/a?b", "https://static.example/y/a?b"),
        ("named", "http://static.internal/xy", "http://static.internal/xy"),
        ("named", "https://static.internal/x", "https://static.internal/x"),
        ("named", "/old/a", "/new/a"),
        ("named", "/older", "/older"),
        ("named", "http://all/a", "/a"),
        ("named", "http://all", "/"),
        ("named", "http://all?x", "/?x"),
        ("named", "http://all//evil.example", "/.//evil.example"),
        ("named", "http://old.internal:81/a", "/a"),
        ("named", "http://10.0.0.7:8080/a", "/a"),
        ("all", "/a", "/shop/a"),
        ("all", "//host/a", "//host/a"),
        ("all", "http://host/a", "http://host/a"),
    ],
)
def test_an_address(options: str, given: str, seen: str) -> None:
    for name in (b"location", b"content-location"):
        assert rewriting(options).value(name, given.encode(), asked()) == seen.encode()


@pytest.mark.parametrize(
    ("options", "proto", "given", "seen"),
    [
        # what it calls itself by the scheme that it is asked by, whatever the client's
        ("host", "https", "http://shop.internal/a", "/a"),
        ("host", "https", "https://shop.internal/a", "/a"),
        ("secure", "http", "https://shop.internal/a", "/a"),
        # a change of scheme is meant
        ("host", "http", "https://shop.internal/a", "https://www.shop.example/a"),
        ("both", "http", "https://shop.internal/app/a", "https://www.shop.example/shop/a"),
        ("secure", "https", "http://shop.internal/a", "http://www.shop.example/a"),
        ("strip", "http", "https://www.shop.example/a", "https://www.shop.example/shop/a"),
    ],
)
def test_a_change_of_the_scheme_stays(options: str, proto: str, given: str, seen: str) -> None:
    known = asked(proto=proto)
    assert rewriting(options).value(b"location", given.encode(), known) == seen.encode()


def test_a_client_that_names_no_host_gets_a_path() -> None:
    known = Asked.of(b"GET / HTTP/1.1\r\nX-Forwarded-Host: \r\n\r\n")
    value = rewriting("host").value(b"location", b"https://shop.internal/a", known)
    assert value == b"/a"


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ("5; url=http://shop.internal/a", "5; url=/a"),
        ("0;URL='http://shop.internal/a?b=;'", "0;URL='/a?b=;'"),
        ('0, url="http://shop.internal/a"', '0, url="/a"'),
        ("3; http://shop.internal/a", "3; /a"),
        ("1.5;url = http://shop.internal/a", "1.5;url = /a"),
        ("5; url=http://other.example/a", "5; url=http://other.example/a"),
        ("5", "5"),
        ("", ""),
    ],
)
def test_refresh(given: str, seen: str) -> None:
    assert rewriting("host").value(b"refresh", given.encode(), asked()) == seen.encode()


@pytest.mark.parametrize(
    ("options", "host", "given", "seen"),
    [
        # a Domain of its own, which the browser would refuse, goes
        ("host", "www.shop.example", "a=1; Domain=shop.internal; Secure", "a=1; Secure"),
        ("host", "www.shop.example", "a=1; domain=.Shop.Internal", "a=1"),
        ("host", "www.shop.example", "a=1; Domain=internal", "a=1"),
        ("url", "www.shop.example", "a=1; Domain=10.0.0.7", "a=1"),
        # one that fits what the client asked, or is of somebody else, stays
        ("host", "a.internal", "a=1; Domain=internal", "a=1; Domain=internal"),
        ("host", "www.shop.example", "a=1; Domain=shop.example", "a=1; Domain=shop.example"),
        ("host", "www.shop.example", "a=1; Domain=hop.internal", "a=1; Domain=hop.internal"),
        ("host", "www.shop.example", "a=1; Domain=", "a=1; Domain="),
        # everything else stays as it was written
        (
            "both",
            "www.shop.example",
            "a=b;  Path=/app/x ;HttpOnly; SameSite=Lax; Max-Age=5; Expires=Wed, 21 Oct 2026",
            "a=b;  Path=/shop/x;HttpOnly; SameSite=Lax; Max-Age=5; Expires=Wed, 21 Oct 2026",
        ),
        ("both", "www.shop.example", "a=1; Path=/app", "a=1; Path=/shop"),
        ("both", "www.shop.example", "a=1; Path=/", "a=1; Path=/"),
        ("both", "www.shop.example", "a=1; Path=/other", "a=1; Path=/other"),
        ("both", "www.shop.example", "a=1; Path", "a=1; Path"),
        ("both", "www.shop.example", "Path=/app", "Path=/app"),
        ("both", "www.shop.example", "domain=shop.internal", "domain=shop.internal"),
        ("strip", "www.shop.example", "a=1; Path=/x", "a=1; Path=/shop/x"),
        ("strip", "www.shop.example", "a=1; Path=x", "a=1; Path=x"),
        ("add", "www.shop.example", "a=1; Path=/app", "a=1; Path=/"),
        ("add", "www.shop.example", "a=1; Path=/app/x", "a=1; Path=/x"),
        # named one by one
        ("named", "x", "a=1; Domain=shop.internal", "a=1; Domain=shop.example"),
        ("named", "x", "a=1; Domain=www.shop.internal", "a=1; Domain=www.shop.internal"),
        ("named", "x", "a=1; Path=/app/b", "a=1; Path=/b"),
        ("named", "x", "a=1; Path=/app", "a=1; Path=/"),
        ("named", "x", "a=1; Path=/", "a=1; Path=/shop/"),
        ("named", "x", "a=1; Path=/b", "a=1; Path=/shop/b"),
        ("named", "x", "__Host-a=1; Path=/; Secure", "__Host-a=1; Path=/; Secure"),
        ("named", "x", "__Secure-a=1; Path=/app; Secure", "__Secure-a=1; Path=/; Secure"),
    ],
)
def test_a_cookie(options: str, host: str, given: str, seen: str) -> None:
    value = rewriting(options).value(b"set-cookie", given.encode(), asked(host))
    assert value == seen.encode()


@pytest.mark.parametrize(
    ("upstream", "on"),
    [
        ('{url: "http://a:1"}', False),
        ('{url: "http://a:1", rewrite: true}', True),
        ('{url: "http://a:1", host: a}', True),
        ('{url: "http://a:1", host: a, rewrite: false}', False),
        ('{url: "http://a:1", prefix: {strip: /a}}', True),
        ('{url: "http://a:1", prefix: {add: /a}, rewrite: false}', False),
        ('{url: "http://a:1", rewrite: {own: ["http://b"]}}', True),
    ],
)
def test_when_answers_are_rewritten(upstream: str, on: bool) -> None:
    config = load(f"upstreams: {{legacy: {upstream}}}".encode()).file.upstreams["legacy"]
    assert (AnswerRewrite.of(config) is not None) == on


HEAD = b"""HTTP/1.1 302 Found
LOCATION: http://shop.internal/a
Set-Cookie: a=1; Domain=shop.internal
Link: <http://shop.internal/a>
Set-Cookie: b=2"""


def test_a_whole_head() -> None:
    head = read_response(HEAD.replace(b"\n", b"\r\n"), 100, b"GET")
    rewriting("host").head(head, b"GET / HTTP/1.1\r\nX-Forwarded-Host: w.example\r\n\r\n")
    changed = [b"LOCATION: /a\r\n", b"Set-Cookie: a=1\r\n"]
    same = [b"Link: <http://shop.internal/a>\r\n", b"Set-Cookie: b=2\r\n"]
    assert head.lines == [*changed, *same]
    assert [field.value for field in head.fields][:2] == [b"/a", b"a=1"]
    again = read_response(HEAD.replace(b"\n", b"\r\n"), 100, b"GET")
    assert again.fields[0].value == b"http://shop.internal/a", "what is remembered was changed"


def test_a_line_that_ends_at_this_connection_stays_away() -> None:
    data = HEAD.replace(b"\n", b"\r\n") + b"\r\nConnection: location"
    head = read_response(data, 100, b"GET")
    rewriting("host").head(head, b"GET / HTTP/1.1\r\n\r\n")
    assert not any(line.lower().startswith(b"location") for line in head.lines)


def test_headers_as_texts() -> None:
    words = (("location", "http://shop.internal/\xe4"), ("etag", "x"))
    assert rewriting("host").words(words, asked()) == (("location", "/\xe4"), ("etag", "x"))
