"""Between rounds the orders change hands, as often as it is ordered until they have."""

import asyncio
from typing import Any

import orjson
import pytest

from chassis.web.client import Answer, Request
from loadtests.bench import owning


class Client:
    """Answers each question with the next of these; notes what was ordered."""

    def __init__(self, *answers: tuple[str, str]) -> None:
        self.answers, self.ordered = list(answers), []

    async def send(self, request: Request) -> Answer:
        if request.method == "POST":
            self.ordered.append((request.path, request.body))
            return Answer(409 if not self.answers else 200, {}, b"no window")
        phase, owner = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        said = {"phase": phase, "owner": owner, "words": "the read model is behind"}
        return Answer(200, {}, orjson.dumps(said))


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(_: float) -> None:
        return None

    monkeypatch.setattr(owning.asyncio, "sleep", at_once)


def test_it_is_ordered_again_until_it_came_about() -> None:
    client: Any = Client(("moving", "legacy"), ("settled", "legacy"), ("settled", "new"))
    asyncio.run(owning.move(client, "new"))
    assert client.ordered == [("/cutover/orders", b'{"toward":"new"}')] * 2


def test_one_that_never_does_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owning, "PATIENCE_SECONDS", 0.0)
    client: Any = Client(("settled", "legacy"))
    with pytest.raises(owning.NotMoved, match="the read model is behind"):
        asyncio.run(owning.move(client, "new"))


def test_a_window_that_is_not_open_does_not_end() -> None:
    open_: Any = Client(("settled", "new"))
    asyncio.run(owning.close(open_))
    assert open_.ordered[0][0] == "/cutover/orders/close"
    none: Any = Client()
    with pytest.raises(owning.NotMoved, match="no window"):
        asyncio.run(owning.close(none))
