"""Each side is asked once more in the words that it was asked in."""

from dataclasses import replace
from typing import Any

import httpx2
import pytest

from facade.compare.answers import Answer, Pair
from facade.control.judging.asking import Asker, can_ask
from facade.control.judging.backlog import Waiting
from facade.rewriting.answered import AnswerRewrite
from facade.routes.config.addressfile import Prefix
from facade.routes.config.routefile import UpstreamConfig

PAIR = Pair(
    "mine",
    "GET",
    "/mine?a=1",
    Answer(200),
    Answer(200),
    "canary",
    500,
    "v",
    "r",
    0.0,
    True,
    (),
    "new",
)
WORDS = (("host", "shop.test"), ("cookie", "session=s1"), ("connection", "close"))
TO_NEW = (("host", "shop.test"), ("fig-identity", "token"), ("fig-after", "1"))


@pytest.fixture
def asker() -> tuple[Asker, list[httpx2.Request]]:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, stream=httpx2.ByteStream(b"fine"))

    def addresses(_route: str, side: str) -> list[str]:
        return [f"http://{side}.test"]

    made = Asker(addresses, lambda: 7.0, transport=httpx2.MockTransport(answer))
    return made, asked


async def test_legacy_gets_the_clients_words(asker) -> None:
    made, asked = asker
    await made.legacy(Waiting(PAIR, WORDS, new_headers=TO_NEW))
    assert asked[0].url.host == "legacy.test"
    assert asked[0].extensions["target"] == b"/mine?a=1"
    assert asked[0].headers["cookie"] == "session=s1"
    assert "fig-identity" not in asked[0].headers


async def test_the_new_side_gets_its_own(asker) -> None:
    made, asked = asker
    await made.new(Waiting(PAIR, WORDS, new_headers=TO_NEW))
    assert asked[0].headers["fig-identity"] == "token"
    assert "cookie" not in asked[0].headers
    assert asked[0].headers["fig-after"] == "7000000"


async def test_or_the_clients_where_it_got_those(asker) -> None:
    made, asked = asker
    await made.new(Waiting(PAIR, WORDS))
    assert asked[0].headers["cookie"] == "session=s1"


@pytest.mark.parametrize("target", ["/a%7Eb", "/a b|c", "//x/../y", "/?q=%zz", "/ä", "/;j=1#"])
async def test_the_target_is_not_written_again(asker, target: str) -> None:
    made, asked = asker
    await made.legacy(Waiting(replace(PAIR, target=target), WORDS))
    assert asked[0].extensions["target"] == target.encode("latin-1")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize(
    "words",
    [
        (("Host", "h"), ("Content-Type", "a/b"), ("Content-Length", "3"), ("accept", "x")),
        (("X-B", "1"), ("Host", "h"), ("x-a", "2"), ("X-B", "3"), ("Transfer-Encoding", "chunked")),
        (("Host", "h"), ("If-None-Match", '"x"'), ("Range", "bytes=0-1"), ("Via", "1.1 fig")),
    ],
)
async def test_it_is_the_very_same_question(asker, method: str, words: Any) -> None:
    made, asked = asker
    waiting = Waiting(replace(PAIR, method=method), words, body=b"abc")
    assert can_ask(waiting)
    await made.legacy(waiting)
    (request,) = asked
    assert request.method == method
    sent = [(name.decode(), value.decode()) for name, value in request.headers.raw]
    assert sent == list(words), "in order, in the client's spelling, and nothing else"
    assert b"".join([piece async for piece in request.stream]) == b"abc"


@pytest.mark.parametrize(
    "waiting", [Waiting(PAIR, None), Waiting(PAIR, WORDS, body=None)], ids=["headers", "body"]
)
async def test_what_is_not_known_whole_is_not_asked(asker, waiting: Waiting) -> None:
    made, asked = asker
    assert not can_ask(waiting)
    assert (await made.legacy(waiting)).error == "unavailable"
    assert asked == []


async def test_a_side_at_another_address_is_asked_there_and_its_answer_read_as_clients_read_it(
    asker,
) -> None:
    made, asked = asker

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        words = {"Location": "http://a.internal/app/x"}
        return httpx2.Response(302, headers=words, stream=httpx2.ByteStream(b""))

    config = UpstreamConfig("legacy", ("http://a.internal",), prefix=Prefix("/shop", "/app"))
    made = Asker(
        lambda _route, side: [f"http://{side}.test"],
        transport=httpx2.MockTransport(answer),
        rewriting=lambda _route, side: AnswerRewrite.of(config) if side == "legacy" else None,
    )
    waiting = Waiting(replace(PAIR, origin="http://www.shop.example"), WORDS)
    waiting = replace(waiting, targets=("/app/mine", "/mine"))
    assert (await made.legacy(waiting)).header("location") == "/shop/x"
    assert (await made.new(waiting)).header("location") == "http://a.internal/app/x"
    assert [one.extensions["target"] for one in asked] == [b"/app/mine", b"/mine"]
