"""Each side is asked once more in the words that it was asked in."""

from typing import Any

import httpx2
import pytest

from facade.compare.answers import Answer, Pair
from facade.control.judging.asking import Asker
from facade.control.judging.backlog import Waiting

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
def asker(monkeypatch: pytest.MonkeyPatch) -> tuple[Asker, list[httpx2.Request]]:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, stream=httpx2.ByteStream(b"fine"))

    def addresses(_route: str, side: str) -> list[str]:
        return [f"http://{side}.test"]

    made = Asker(addresses, lambda: 7.0)
    transport: Any = httpx2.MockTransport(answer)
    monkeypatch.setattr(made, "_client", httpx2.AsyncClient(transport=transport))
    return made, asked


async def test_legacy_gets_the_clients_words(asker) -> None:
    made, asked = asker
    await made.legacy(Waiting(PAIR, WORDS, new_headers=TO_NEW))
    assert str(asked[0].url) == "http://legacy.test/mine?a=1"
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
