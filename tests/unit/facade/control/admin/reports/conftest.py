"""A comparison with a mismatch, made by the real engine from two hostile answers."""

import json
import time
from datetime import date
from pathlib import Path

import pytest

from facade.compare.answers import Answer, Pair
from facade.compare.evidence.evidence import Evidence
from facade.compare.rules import compile_rules
from facade.compare.verdict import compare
from facade.control.admin.models.evidence import Comparison, Rechecks
from facade.control.admin.views.comparison import route_comparison
from facade.control.admin.views.status import Sources
from facade.control.evidence_store.ledger import Ledger
from facade.control.intake.fleet import Fleet
from facade.control.intake.recent import Recent
from facade.control.judging.budget import Budget
from facade.control.judging.noise import NoiseLearner
from facade.control.surroundings.tables import Tables

TABLE = b"""
upstreams: {legacy: {url: "http://127.0.0.1:1"}, catalog: {url: "http://127.0.0.1:2"}}
routes:
  - {name: product, match: "GET /p/{sku}", new: catalog, stage: shadow,
     compare: {sample: 100%, rules: p}}
  - {name: quiet, match: GET /q, new: catalog, stage: shadow, compare: {sample: 100%}}
compare_rules:
  p:
    arrays: {"$.tags": unordered}
    expect: [{path: "$.old", why: "it <b>was</b> so", owner: web, until: 2020-01-01}]
"""
HOSTILE = '</pre><script>alert(1)</script> """ \\'


def _answer(body):
    return Answer(200, (("content-type", "application/json"),), json.dumps(body).encode(), 2.0)


@pytest.fixture
def evidence() -> Evidence:
    found = Evidence("product", since=time.time())
    for number in range(50):
        other = {"name": f"tent{HOSTILE}", "price": "1.00"} if number % 10 == 0 else None
        right = {"name": "tent", "price": "1.00"}
        pair = Pair("product", "GET", f"/p/{HOSTILE}?token=t{number}", _answer(right),
                    _answer(other or right), started=time.time())  # fmt: skip
        found.add(pair, compare(pair, compile_rules(), date(2026, 1, 1)))
    return found


@pytest.fixture
def comparison(tmp_path: Path, evidence: Evidence) -> Comparison:
    tables = Tables(tmp_path, {})
    tables.take(TABLE)
    noise = NoiseLearner(Budget(0, 0), lambda: None)
    sources = Sources(Fleet(), Recent(), Ledger(), tables, noise, "routes.yaml")
    product, quiet = tables.routes()
    routes = [
        route_comparison(evidence, product, sources, []),
        route_comparison(Evidence("quiet", since=1.0), quiet, sources, []),
    ]
    return Comparison(now=time.time(), waiting=0, restarts=0, rechecks=Rechecks(), routes=routes)
