"""The keys of issuers at their addresses: asked in time, published, kept through an outage."""

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc.jwk import ECKey, KeySet

from facade.control.surroundings.issuers import RETRY_SECONDS, SOONEST_SECONDS, Issuers
from facade.control.surroundings.tables import Tables
from facade.machines.known import FETCHED

FILE = b"""
upstreams: {legacy: {url: "http://127.0.0.1:1"}}
machines:
  issuers:
    p: {issuer: a, audience: b, jwks: "https://id.test/keys", refresh: 60s}
    file: {issuer: c, audience: b, jwks: keys.json}
routes: [{name: a, match: GET /a, stage: legacy, allow: {}}]
"""


def keys() -> dict[str, Any]:
    return dict(KeySet([ECKey.generate_key("P-256", auto_kid=True)]).as_dict(private=False))


class World:
    """An address, a clock, and the tokens that came signed by others."""

    def __init__(self, runtime: Path) -> None:
        self.runtime, self.now, self.asked = runtime, 1000.0, 0
        self.unknown: dict[str, int] = {}
        self.answer: httpx2.Response | Exception = httpx2.Response(200, json=keys())
        self.tables = Tables(runtime, {})
        self.tables.take(FILE)
        self.issuers = self.another()

    def another(self) -> Issuers:
        transport = httpx2.MockTransport(self._answer)
        return Issuers(self.tables, self.runtime, lambda: self.unknown, lambda: self.now, transport)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        assert str(request.url) == "https://id.test/keys"
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def say(self, content: Any, status: int = 200) -> None:
        self.answer = httpx2.Response(status, json=content)

    async def look(self, later: float = 0.0) -> int:
        """Time passes; how often the address was asked then."""
        self.now += later
        before = self.asked
        await self.issuers.look()
        return self.asked - before

    @property
    def published(self) -> Any:
        return json.loads((self.runtime / FETCHED).read_bytes())


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_it_is_asked_every_refresh(world: World) -> None:
    first = keys()
    world.say(first)
    assert [await world.look(), await world.look(59), await world.look(1)] == [1, 0, 1]
    assert world.published == {"p": {"jwks": "https://id.test/keys", "set": first}}
    assert world.issuers.errors() == {}


async def test_a_token_by_an_unknown_key_asks_at_once_but_not_for_every_one(world: World) -> None:
    await world.look()
    world.unknown = {"p": 1}
    assert await world.look(SOONEST_SECONDS - 1) == 0
    assert await world.look(1) == 1
    assert await world.look(SOONEST_SECONDS) == 0, "none came since"
    world.unknown = {"p": 0}
    await world.look()
    world.unknown = {"p": 1}
    assert await world.look() == 1, "another worker counts from its start"


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [({}, 200, "not a JWK set"), ({"keys": []}, 200, "none of its keys"),
     (keys(), 500, "answered 500"), (keys(), 302, "answered 302"),
     ({"keys": ["x" * 300_000]}, 200, "more than")],
)  # fmt: skip
async def test_what_is_no_set_leaves_what_it_said_before(
    world: World, content: Any, status: int, said: str
) -> None:
    await world.look()
    before = world.published
    world.say(content, status)
    assert await world.look(60) == 1
    assert world.published == before and said in world.issuers.errors()["p"]


async def test_an_address_that_is_away_is_asked_again_with_pauses(world: World) -> None:
    world.answer = httpx2.ConnectError("refused")
    assert [await world.look(), await world.look(RETRY_SECONDS - 0.1)] == [1, 0]
    assert [await world.look(0.1), await world.look(RETRY_SECONDS)] == [1, 0]
    assert "refused" in world.issuers.errors()["p"]
    world.say(keys())
    assert await world.look(RETRY_SECONDS) == 1
    assert world.issuers.errors() == {} and "p" in world.published


async def test_another_process_keeps_what_was_published(world: World) -> None:
    await world.look()
    before = world.published
    world.answer = httpx2.ConnectError("refused")
    world.issuers = world.another()
    assert await world.look() == 1
    assert world.published == before


async def test_an_address_that_left_the_file_is_asked_no_more(world: World) -> None:
    await world.look()
    world.tables.take(b"upstreams: {legacy: {url: 'http://127.0.0.1:1'}}\n")
    assert await world.look(1000) == 0 and world.issuers.errors() == {}
