"""A small route file, and exchanges made by hand."""

import json
from collections.abc import Callable
from datetime import date

import pytest

from facade.compare.answers import Answer, Headers
from facade.replay.formats.recorded import Exchange
from facade.routes.file.reading import load
from facade.routes.table import RouteTable, compile_table

ROUTES = b"""
upstreams:
  legacy: {url: "http://legacy:1"}
  catalog: {service: catalog}
  search: {urls: ["http://search:1", "http://search:2"]}
routes:
  - {name: detail, match: "GET /products/{sku}", new: catalog, stage: shadow,
     compare: {sample: 100%, rules: product}}
  - {name: find, match: "POST /find", new: search, stage: shadow, safe: true,
     compare: {sample: 100%}}
  - {name: order, match: "POST /orders", new: catalog, stage: legacy}
  - {name: stock, match: "GET /stock/{sku}", stage: legacy}
compare_rules:
  product:
    expect: [{path: $.stock_text, why: words, owner: web, until: 2026-06-30}]
"""
TODAY = date(2026, 6, 1)


@pytest.fixture
def today() -> date:
    """A day on which everything expected is in time."""
    return TODAY


@pytest.fixture
def table() -> RouteTable:
    return compile_table(load(ROUTES, today=TODAY).file)


@pytest.fixture
def exchange() -> Callable[..., Exchange]:
    """Makes exchanges, numbered and a second apart."""
    made = 0

    def make(
        target: str = "/products/B-1",
        method: str = "GET",
        headers: Headers = (),
        body: bytes = b"",
        answer: Answer | None = None,
    ) -> Exchange:
        nonlocal made
        made += 1
        return Exchange(made, 1000.0 + made, method, target, headers, body, answer)

    return make


@pytest.fixture
def json_answer() -> Callable[..., Answer]:
    """Makes answers of JSON."""

    def make(
        status: int = 200, headers: tuple[tuple[str, str], ...] = (), **body: object
    ) -> Answer:
        kind = ("content-type", "application/json")
        return Answer(status, (kind, *headers), json.dumps(body).encode(), ms=5.0)

    return make
