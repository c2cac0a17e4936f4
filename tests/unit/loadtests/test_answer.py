from __future__ import annotations

import pytest

from loadtests.answer import Answer, Wrong

JSON = {"content-type": "application/json"}


def test_json_object() -> None:
    assert Answer(200, b'{"a": 1}', JSON).json() == {"a": 1}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(0, error="Connection refused"), "no answer: Connection refused"),
        (Answer(502, b"bad gateway", JSON), "status 502 instead of 200: bad gateway"),
        (Answer(200, b"<html>", {"content-type": "text/html"}), "content type 'text/html'"),
        (Answer(200, b'{"a": ', JSON), "not JSON"),
        (Answer(200, b"[1]", JSON), "a JSON list instead of an object"),
    ],
)
def test_what_is_wrong_is_named(answer: Answer, reason: str) -> None:
    with pytest.raises(Wrong, match=reason):
        answer.json()
