"""What comes of a call; the network is played, and no call leaves by a proxy."""

import io
import urllib.error
from email.message import Message
from http.client import BadStatusLine
from typing import Any

import pytest

from chassis.cli import calls
from chassis.cli.calls import NoAnswer, Refusal, call, call_object


class Network:
    """Gives one answer, and keeps what was asked."""

    def __init__(self, answer: bytes | Exception) -> None:
        self.answer = answer
        self.asked: list[tuple[Any, float]] = []

    def open(self, request: Any, timeout: float) -> io.BytesIO:
        self.asked.append((request, timeout))
        if isinstance(self.answer, Exception):
            raise self.answer
        return io.BytesIO(self.answer)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Any:
    def make(answer: bytes | Exception) -> Network:
        found = Network(answer)
        monkeypatch.setattr(calls, "_opener", found)
        return found

    return make


def refusal(status: int, body: bytes) -> urllib.error.HTTPError:
    return urllib.error.HTTPError("http://x/y", status, "No", Message(), io.BytesIO(body))


def test_no_proxy_is_ever_used() -> None:
    assert not any(isinstance(one, calls.urllib.request.ProxyHandler) and one.proxies  # type: ignore[attr-defined]
                   for one in calls._opener.handlers)  # type: ignore[attr-defined] # fmt: skip


@pytest.mark.parametrize(
    ("url", "query", "whole"),
    [
        ("http://a:1/x", None, "http://a:1/x"),
        ("a:1/x", {}, "http://a:1/x"),
        ("a:1/x", {"route": "p q", "none": None, "empty": ""}, "http://a:1/x?route=p+q"),
    ],
)
def test_the_address_is_made_whole(
    network: Any, url: str, query: dict[str, str | None] | None, whole: str
) -> None:
    asked = network(b"yes")
    assert call(url, query, seconds=3.0) == b"yes"
    request, seconds = asked.asked[0]
    assert (request.full_url, request.get_method(), request.data) == (whole, "GET", None)
    assert seconds == 3.0


def test_a_body_goes_as_json(network: Any) -> None:
    asked = network(b'{"taken": []}')
    assert call_object("http://a", method="POST", body={"n": 1}) == {"taken": []}
    request, _ = asked.asked[0]
    assert (request.get_method(), request.data) == ("POST", b'{"n": 1}')
    assert request.get_header("Content-type") == "application/json"


@pytest.mark.parametrize(
    "trouble",
    [OSError("refused"), TimeoutError("timed out"), BadStatusLine("?"), ValueError("bad address")],
)
def test_whatever_goes_wrong_is_no_answer(network: Any, trouble: Exception) -> None:
    network(trouble)
    with pytest.raises(NoAnswer, match=r"http://a/x: "):
        call("http://a/x")


@pytest.mark.parametrize(("body", "why"), [(b"<html>", "not JSON"), (b"[1]", "not a JSON object")])
def test_what_is_no_object_is_no_answer(network: Any, body: bytes, why: str) -> None:
    network(body)
    with pytest.raises(NoAnswer, match=why):
        call_object("http://a/x")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"title": "Not Found", "detail": "no route x"}', "Not Found: no route x"),
        (b'{"detail": "no route x"}', "no route x"),
        (b"{}", "http://x/y: 404 No"),
        (b"[]", "http://x/y: 404 No"),
        (b"<html>", "http://x/y: 404 No"),
    ],
)
def test_a_refusal_speaks_its_problem_or_its_status(network: Any, body: bytes, words: str) -> None:
    network(refusal(404, body))
    with pytest.raises(Refusal) as caught:
        call_object("http://x/y")
    assert caught.value.status == 404
    assert caught.value.words("title", "detail") == words


def test_a_port_where_nothing_listens_is_no_answer() -> None:
    with pytest.raises(NoAnswer):
        call("http://127.0.0.1:9/", seconds=1.0)
