"""One question over HTTP: asked as it is, answered as it came, or why not."""

from collections.abc import Callable

import httpx2
import pytest

from facade.compare.answers import Answer
from facade.control.judging.client import Client, Question

Answering = Callable[[httpx2.Request], httpx2.Response]


def client(answer: Answering) -> Client:
    transport = httpx2.MockTransport(answer)
    return Client(2, 1, timeout=1.0, most_bytes=10, transport=transport)


def fine(_: httpx2.Request) -> httpx2.Response:
    headers = [("X-One", "1"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    return httpx2.Response(200, headers=headers, stream=httpx2.ByteStream(b"\x1f\x8braw"))


@pytest.mark.parametrize("framed", [False, True])
async def test_the_question_goes_as_it_is(framed: bool) -> None:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return fine(request)

    headers = [("X-A", "1"), ("x-a", "2")] + [("Content-Length", "4")] * framed
    await client(answer).ask("http://side", Question("PUT", "/a//%7e?b", headers, b"body", framed))
    (request,) = seen
    assert request.method == "PUT"
    assert request.extensions["target"] == b"/a//%7e?b"
    assert request.headers.get_list("x-a") == ["1", "2"]
    assert request.headers.get_list("content-length") == ["4"]
    assert await request.aread() == b"body"


async def test_the_answer_comes_raw_and_in_order() -> None:
    found = await client(fine).ask("http://side", Question("GET", "/", []))
    assert (found.status, found.body, found.error) == (200, b"\x1f\x8braw", None)
    assert found.lines("set-cookie") == ["a=1", "b=2"]
    assert found.ms > 0


def answered(status: int, body: bytes = b"", **headers: str) -> httpx2.Response:
    return httpx2.Response(status, headers=headers, stream=httpx2.ByteStream(body))


async def test_a_redirect_is_an_answer() -> None:
    found = await client(lambda _: answered(302, Location="/b")).ask(
        "http://side", Question("GET", "/", [])
    )
    assert found.status == 302


async def test_a_body_that_is_too_large_is_none() -> None:
    found = await client(lambda _: answered(200, b"x" * 11)).ask(
        "http://side", Question("GET", "/", [])
    )
    assert found == Answer(0, error="too large")


def broken(_: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("refused")


@pytest.mark.parametrize(
    ("url", "headers", "why"),
    [("http://side", [], "ConnectError"), ("http://side:x", [], "InvalidURL"),
     ("http://side", [("x", "Ωmega\ud800")], "UnicodeEncodeError")],
)  # fmt: skip
async def test_whatever_goes_wrong_is_an_answer(
    url: str, headers: list[tuple[str, str]], why: str
) -> None:
    assert await client(broken).ask(url, Question("GET", "/", headers)) == Answer(0, error=why)
