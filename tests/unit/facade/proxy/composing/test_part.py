"""The head of a part."""

from facade.http1.requests import read_request
from facade.proxy.composing.part import part_head

TRACE = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_what_a_part_gets_of_the_request() -> None:
    head = read_request(
        b"POST /a HTTP/1.1\r\nHost: shop.test\r\nCookie: a=1\r\nX-Mine: b\r\nAccept: text/html\r\n"
        b"X-Near: c\r\nConnection: X-Near\r\nContent-Length: 3\r\nContent-Type: text/plain\r\n"
        b"If-None-Match: d\r\nIdempotency-Key: e\r\nExpect: 100-continue",
        100,
    )
    one = part_head(head, TRACE)
    lines = b"".join(one.lines)
    assert lines == b"Cookie: a=1\r\nX-Mine: b\r\nAccept: application/json\r\n"
    assert (one.method, one.trace, one.host) == (b"GET", TRACE, b"shop.test")
    assert not (one.http11 or one.has_body or one.expects or one.length or one.key)
    assert (head.method, head.length, len(head.lines)) == (b"POST", 3, 6), "is left as it was"
