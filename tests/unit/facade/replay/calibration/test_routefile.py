"""The calibration's route file: legacy on both sides of what is compared, the rest as it was."""

import pytest

from facade.replay.calibration.routefile import AGAIN, NothingToCompare, reference_file
from facade.routes.file.reading import load
from facade.routes.stages import Stage

URL = "http://127.0.0.1:9"
FILE = b"""
facade: {session_cookie: sid, identity: {ask: /api/me}}
upstreams:
  legacy: {service: shop}
  catalog: {service: catalog}
routes:
  - {name: detail, match: "GET /p/{sku}", new: catalog, stage: canary, percent: 25,
     compare: {sample: 10%, rules: p}, guard: {max_mismatch: 1%, on_breach: shadow},
     needs: [identity]}
  - {name: page, match: GET /, stage: legacy}
  - {name: order, match: POST /orders, new: catalog, stage: new}
compare_rules:
  p:
    tolerate: {"$.updated": {seconds: 2}}
    expect: [{path: "$.a", why: w, owner: o, until: 2099-01-01}]
"""


def made(data: bytes = FILE, *, every_read: bool = False):
    text = reference_file(data, load(data).file, URL, every_read)
    return load(text.encode()).file


def test_compared_routes_ask_legacy_on_both_sides():
    file = made()
    detail, page, order = file.routes
    assert (detail.stage, detail.new, detail.percent) == (Stage.SHADOW, AGAIN, None)
    assert detail.compare is not None
    assert (detail.compare.sample, detail.compare.rules) == (10_000, "p")
    assert (detail.guard, detail.needs) == (None, ())
    assert (page.stage, page.compare) == (Stage.LEGACY, None)
    assert (order.stage, order.new) == (Stage.LEGACY, None), "writes are legacy's alone"
    assert {one.urls for one in file.upstreams.values()} == {(URL,)}


def test_rules_stay_and_the_session_goes_to_both_sides():
    file = made()
    assert file.compare_rules == load(FILE).file.compare_rules
    assert file.facade.session_cookie == "sid"
    assert file.facade.identity is None


def test_every_read():
    detail, page, order = made(every_read=True).routes
    assert (detail.new, page.new, order.new) == (AGAIN, AGAIN, None)


def test_a_file_that_compares_nothing():
    route = b"routes: [{name: a, match: POST /a, stage: legacy}]"
    data = b"upstreams: {legacy: {url: 'http://a:1'}}\n" + route
    for every_read in (False, True):
        with pytest.raises(NothingToCompare):
            made(data, every_read=every_read)
