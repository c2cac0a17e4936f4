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
def rig(make_rig: Any) -> Any:
    rig = make_rig(ROUTES)
    rig.gateway.channel = rig.channel
    return rig


def turned(rig: Any) -> list[str]:
    """What the next turn says about reads of legacy; empty: it says nothing."""
    rig.channel.frames.clear()
    rig.now += SNAPSHOT_SECONDS / 100
    rig.gateway._turn([], rig.now)
    reported = [frame.meta["upstreams"]["legacy"] for frame in rig.channel.frames
            if frame.kind == COUNTERS]  # fmt: skip
    return [one["breaker"]["read"]["state"] for one in reported]


def test_who_was_refused_and_asks_why_is_shown_the_open_breaker(rig: Any) -> None:
    rig.wire.refuse.add(1000)
    rig.client().send(GET)
    assert turned(rig) == ["closed"], "the first one"
    assert turned(rig) == [], "nothing is new"
    for _ in range(2):
        rig.client().send(GET)
    assert turned(rig) == ["open"]
    assert turned(rig) == [], "once"
