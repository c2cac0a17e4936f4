"""Where a body ends, as the head says it."""

from facade.http1.refusal import Refused

MOST_DIGITS = 18


def length_of(value: bytes, earlier: int | None) -> int:
    """The length that a Content-Length says; `earlier` is what another one said before.

    Raises Refused for anything but digits, and for a second length even if it is the same.
    """
    if earlier is not None:
        raise Refused(400, "more than one Content-Length")
    if not value.isdigit() or len(value) > MOST_DIGITS:
        raise Refused(400, "an invalid Content-Length")
    return int(value)


def check_coding(value: bytes, *, earlier: bool, http11: bool) -> None:
    """Raises Refused unless this is the only coding, `chunked`, of an HTTP/1.1 message."""
    if earlier:
        raise Refused(400, "more than one Transfer-Encoding")
    if not http11:
        raise Refused(400, "a Transfer-Encoding in an HTTP/1.0 message")
    if value.lower() != b"chunked":
        raise Refused(400, "a transfer coding other than chunked")
