"""What changes in requests to an upstream that lives at another address."""

import pytest

from facade.http1.requests import read_request
from facade.rewriting.asked import RequestRewrite
from facade.routes.config.addressfile import Prefix
from facade.routes.config.routefile import UpstreamConfig


def rewrite(strip: str = "", add: str = "", *, host=None, any_case=False) -> RequestRewrite:
    config = UpstreamConfig("legacy", ("http://a:1",), host=host, prefix=Prefix(strip, add))
    found = RequestRewrite.of(config, any_case=any_case)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("strip", "add", "target", "sent"),
    [
        # plain
        ("/shop", "", "/shop/a/b", "/a/b"),
        ("/shop", "", "/shop/a?x=/shop/y", "/a?x=/shop/y"),
        ("/shop", "", "/shop", "/"),
        ("/shop", "", "/shop?x", "/?x"),
        ("/shop", "", "/shop/", "/"),
        ("/shop", "", "/shop//", "//"),
        ("/shop", "", "/shopping", "/shopping"),
        ("/shop", "", "/a/shop/b", "/a/shop/b"),
        ("/shop", "", "/", "/"),
        ("/shop", "", "*", "*"),
        ("/a/b", "", "/a/b/c", "/c"),
        ("/a/b", "", "/a/c", "/a/c"),
        ("", "/app", "/x", "/app/x"),
        ("", "/app", "/", "/app/"),
        ("", "/app", "/?q", "/app/?q"),
        ("", "/app", "/a%2Fb;c=%zz", "/app/a%2Fb;c=%zz"),
        ("", "/app", "*", "*"),
        ("/shop", "/app", "/shop/x", "/app/x"),
        ("/shop", "/app", "/shop", "/app"),
        ("/shop", "/app", "/other", "/other"),
        ("/shop", "/shop/v2", "/shop/x", "/shop/v2/x"),
        # what is below stays as it was written
        ("/shop", "", "/shop/a%2Fb", "/a%2Fb"),
        ("/shop", "", "/shop/a;jsessionid=A", "/a;jsessionid=A"),
        ("/shop", "", "/shop/caf\xe9", "/caf\xe9"),
        ("/shop", "", "/shop/%zz%", "/%zz%"),
        ("/shop", "", "/shop/a/../b", "/a/../b"),
        ("/shop", "", "/shop/{}^|", "/{}^|"),
        # the prefix written otherwise: the path as it is read
        ("/shop", "", "//shop/a", "/a"),
        ("/shop", "", "/x/../shop/a b".replace(" ", "%20"), "/a%20b"),
        ("/shop", "", "/%73hop/caf%C3%A9", "/caf%C3%A9"),
        ("/shop", "", "/shop/../shop/a", "/a"),
        ("/shop", "", "/./shop", "/"),
        # read as a path outside of the prefix: not changed
        ("/shop", "", "/shop/../admin", "/shop/../admin"),
        ("/shop", "", "/shop/%2e%2e/admin", "/shop/%2e%2e/admin"),
        ("/shop", "", "/shop/..%2fadmin", "/shop/..%2fadmin"),
        ("/shop", "", "/shop;x/a", "/shop;x/a"),
        ("/shop", "", "/SHOP/a", "/SHOP/a"),
        ("/shop", "", "//shop/%ff", "//shop/%ff"),
    ],
)
def test_the_path(strip: str, add: str, target: str, sent: str) -> None:
    assert rewrite(strip, add).target(target.encode("latin-1")) == sent.encode("latin-1")


@pytest.mark.parametrize(
    ("target", "sent"), [("/SHOP/A", "/A"), ("/Shop", "/"), ("//SHOP/a", "/a"), ("/Sho", "/Sho")]
)
def test_in_any_case(target: str, sent: str) -> None:
    assert rewrite("/shop", any_case=True).target(target.encode()) == sent.encode()


def head_of(rewriting: RequestRewrite, target: str, *lines: str):
    text = "\r\n".join([f"GET {target} HTTP/1.1", "Host: shop.example", *lines])
    head = read_request(text.encode(), 100)
    before = head.target, head.host, [*head.lines]
    changed = rewriting.head(head)
    assert (head.target, head.host, head.lines) == before, "the head given was changed"
    return changed


def test_the_host_and_the_prefix_that_was_taken_off() -> None:
    lines = ("X-Forwarded-Prefix: /evil", "X_Forwarded_Prefix: /evil", "Accept: */*")
    head = head_of(rewrite("/shop", host="shop.internal"), "/shop/a", *lines)
    assert (head.host, head.target) == (b"shop.internal", b"/a")
    assert head.lines == [b"Accept: */*\r\n", b"X-Forwarded-Prefix: /shop\r\n"]


@pytest.mark.parametrize(
    ("options", "target"),
    [({"add": "/app"}, "/a"), ({"host": "x"}, "/a"), ({"strip": "/shop"}, "/other")],
)
def test_no_prefix_is_sent_where_none_was_taken_off(options, target: str) -> None:
    head = head_of(rewrite(**options), target, "X-Forwarded-Prefix: /mine")
    assert head.lines == [b"X-Forwarded-Prefix: /mine\r\n"]


def test_nothing_is_asked_for_where_nothing_is_said() -> None:
    assert RequestRewrite.of(UpstreamConfig("legacy", ("https://a",))) is None
