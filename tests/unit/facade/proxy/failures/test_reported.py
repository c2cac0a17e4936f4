"""A breaker that changed is reported with the next turn of the worker's clock."""

from typing import Any

import pytest

from facade.proxy.gateway import SNAPSHOT_SECONDS
from facade.runtime.channel import COUNTERS

ROUTES = """
upstreams:
  legacy:
    url: "http://legacy.test:1000"
    breaker: {minimum_calls: 2, open_for: 5s}
routes: []
"""
GET = b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture
def door(make_door: Any) -> Any:
    door = make_door(ROUTES)
    door.gateway.channel = door.channel
    return door


def turned(door: Any) -> list[str]:
    """What the next turn says about reads of legacy; empty: it says nothing."""
    door.channel.frames.clear()
    door.now += SNAPSHOT_SECONDS / 100
    door.gateway._turn([], door.now)
    told = [frame.meta["upstreams"]["legacy"] for frame in door.channel.frames
            if frame.kind == COUNTERS]  # fmt: skip
    return [one["breaker"]["read"]["state"] for one in told]


def test_who_was_refused_and_asks_why_is_shown_the_open_breaker(door: Any) -> None:
    door.wire.refuse.add(1000)
    door.client().send(GET)
    assert turned(door) == ["closed"], "the first one"
    assert turned(door) == [], "nothing is new"
    for _ in range(2):
        door.client().send(GET)
    assert turned(door) == ["open"]
    assert turned(door) == [], "once"
