"""A copy of a request's head has all of it."""

from facade.http1.fields import read_fields
from facade.http1.requests import RequestHead, read_request
from tests.rigs.facade.attributes import attributes

FULL = (
    b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n"
    b"Connection: x-mine, upgrade\r\nUpgrade: websocket\r\nX-Forwarded-For: 192.0.2.1\r\n"
    b"traceparent: 00-11111111111111111111111111111111-1111111111111111-01\r\n"
    b"Cookie: a=b\r\nIdempotency-Key: k\r\nFig-After-Token: t"
)


def test_a_copy_has_every_attribute() -> None:
    head = read_request(FULL, 100)
    head.upgrade = b"websocket"
    head.chunked = True
    empty = RequestHead(head.method, head.target, head.http11, head.fields)
    copy = head.copied()
    for name in attributes(RequestHead):
        assert getattr(copy, name) == getattr(head, name), name
        given = ("method", "target", "http11", "fields", "keep_alive")
        assert name in given or getattr(empty, name) != getattr(head, name), f"{name} is not shown"


def test_it_is_another_head() -> None:
    head = read_request(FULL, 100)
    copy = head.copied()
    copy.target, copy.lines, copy.fields = b"/b", [b"X: y\r\n"], read_fields([b"X: y"])
    assert head.target == b"/a"
    assert b"X: y\r\n" not in head.lines
    assert len(head.fields) > 1
