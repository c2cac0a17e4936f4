"""What came of a part."""

import pytest

from facade.proxy.composing import found

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def test_json_is_taken_as_it_was_written() -> None:
    one = found.read(HEAD + b'\r\n{"price": 1.10}')
    assert (one.reason, one.status, one.body) == (found.THERE, 200, b'{"price": 1.10}')
    kind = HEAD.replace(b"application/json", b"application/hal+json; charset=utf-8")
    assert found.read(kind + b"\r\n[]").reason == found.THERE


def test_a_status_without_a_name_has_words_too() -> None:
    one = found.read(b"HTTP/1.1 599 X\r\nRetry-After: soon\r\n\r\n")
    assert (one.reason, one.final) == (found.STATUS, 502)
    assert one.words() == {
        "reason": "status",
        "status": 599,
        "detail": "It was answered 599 with a status that has no name.",
    }


def test_just_too_large() -> None:
    most = found.MOST_BODY
    assert found.read(HEAD + b'\r\n"' + b"a" * (most - 2) + b'"').reason == found.THERE
    assert found.read(HEAD + b'\r\n"' + b"a" * (most - 1) + b'"').reason == found.TOO_LARGE


@pytest.mark.parametrize(
    ("status", "reason", "final"),
    [
        (429, found.LIMITED, 429), (502, found.UNAVAILABLE, 502), (503, found.UNAVAILABLE, 503),
        (504, found.LATE, 504), (400, found.REFUSED, 400), (508, found.REFUSED, 502),
    ],
)  # fmt: skip
def test_what_the_facade_says_itself(status: int, reason: str, final: int) -> None:
    one = found.own(status, "Words.", b"Retry-After: 3\r\nX: y\r\n")
    assert (one.reason, one.final, one.words()["retry_after"]) == (reason, final, 3)


def test_what_has_no_answer() -> None:
    assert (found.late().final, found.broken().final) == (504, 502)
