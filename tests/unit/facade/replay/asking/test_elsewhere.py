"""Recorded requests of clients, put to sides that live at other addresses."""

from collections.abc import Callable
from datetime import date

import pytest

from facade.compare.answers import Answer
from facade.replay.asking.engine import Replay, Setting
from facade.replay.asking.pacing import Pace
from facade.replay.asking.selecting import Against, Selection
from facade.replay.asking.targets import targets
from facade.replay.formats.recorded import Exchange
from facade.replay.judging import Judge
from facade.routes.file.reading import load
from facade.routes.table import compile_table
from tests.rigs.replay import FakeAsker

ROUTES = b"""
upstreams:
  legacy: {url: "http://legacy:1", host: shop.internal, prefix: {strip: /shop, add: /app}}
  fresh: {url: "http://fresh:2", prefix: {strip: /shop}}
routes:
  - {name: go, match: GET /shop/go, new: fresh, stage: shadow, compare: {sample: 100%}}
"""


@pytest.mark.parametrize("new_for_all", [None, "http://all:3"])
async def test_each_side_is_asked_at_its_address_and_both_answers_are_alike(
    exchange: Callable[..., Exchange], new_for_all: str | None
) -> None:
    file = load(ROUTES).file
    where = {"http://legacy:1": "http://shop.internal/app/x", "http://fresh:2": "/x"}
    asker = FakeAsker(
        lambda url, _: Answer(302, (("location", where.get(url, "/shop/x")),), b"", 1.0)
    )
    judge = Judge(compile_table(file), Against.BOTH, date(2026, 6, 1))
    known = targets(file, None, {}, new_for_all)
    setting = Setting(known, Selection(Against.BOTH), judge, Pace(), 4)
    words = (("host", "www.shop.example"),)
    await Replay(setting, asker).run(iter([exchange("/shop/go?a=1", headers=words)]))
    assert asker.asked[0] == ("http://legacy:1", "GET", "/app/go?a=1")
    assert dict(asker.headers[0])["host"] == "shop.internal"
    target = "/shop/go?a=1" if new_for_all else "/go?a=1"
    assert asker.asked[1][2] == target
    assert dict(asker.headers[1])["host"] == "www.shop.example"
    assert judge.evidence["go"].total.matched == 1
