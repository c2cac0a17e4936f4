"""Which answers are kept, and what the others mean for their key."""

import pytest

from facade.http1.responses import read_response
from facade.proxy import errors
from facade.proxy.idempotency.kept import KeptAnswer, nothing_done
from facade.proxy.idempotency.keys import MOST_ANSWER


def answer(status: int, *lines: bytes) -> KeptAnswer:
    kept = KeptAnswer()
    head = b"\r\n".join((b"HTTP/1.1 %d Said" % status, *lines, b"Content-Length: 3"))
    kept.begin(read_response(head, 100, b"POST"))
    return kept


@pytest.mark.parametrize(
    ("status", "final", "nothing"),
    [
        *((status, True, False) for status in (200, 201, 204, 303, 400, 404, 410, 422)),
        *((status, True, True) for status in (401, 403, 408, 425, 429)),
        *((status, False, False) for status in (409, 500, 502, 503, 504)),
    ],
)
def test_what_a_status_means(status: int, final: bool, nothing: bool) -> None:
    kept = answer(status)
    assert (kept.final, kept.nothing_done) == (final, nothing)


def test_one_that_declines_did_nothing() -> None:
    assert answer(503, b"Fig-Declined: behind").nothing_done


def test_status_lines_and_body_are_kept() -> None:
    kept = answer(201, b"Location: /a", b"Set-Cookie: a=b")
    kept.add(b"ab")
    kept.add(b"c")
    stored = kept.stored
    assert stored is not None
    assert (stored.status, stored.reason, stored.body) == (201, "Said", b"abc")
    assert stored.lines == b"Location: /a\r\nSet-Cookie: a=b\r\n"


def test_one_that_is_too_large_is_not_kept_in_memory() -> None:
    kept = answer(200)
    kept.add(b"x" * MOST_ANSWER)
    assert kept.stored is not None
    kept.add(b"x")
    assert kept.stored is None


@pytest.mark.parametrize(
    ("failure", "nothing"),
    [
        *((f, True) for f in (errors.UNAVAILABLE, errors.BUSY, errors.CONNECT, errors.DECLINED)),
        *((f, True) for f in (errors.CONNECT_TIMEOUT, errors.IDENTITY)),
        *((f, False) for f in (errors.CLOSED, errors.FIRST_BYTE, errors.DEADLINE)),
        *((f, False) for f in (errors.NONSENSE, errors.TRUNCATED, errors.STALLED)),
    ],
    ids=lambda one: getattr(one, "phase", str(one)),
)
def test_which_failures_did_certainly_nothing(failure: errors.Failure, nothing: bool) -> None:
    assert nothing_done(failure) is nothing
