"""Composed routes as `/api/status` and `/metrics` show them."""

from facade.control.admin.views.composed import composed_families, composed_views
from facade.proxy.counting.parts import PartCounts
from facade.routes.file.reading import load

FILE = load(b"""
upstreams: {legacy: {url: http://h}}
routes:
  - {name: page, match: GET /page, compose: {a: GET /a, b: {get: /b, optional: true}}}
  - {name: new, match: GET /new, compose: {a: GET /a}}
  - {name: a, match: GET /a, stage: legacy}
""").file


def counted() -> dict[str, dict[str, object]]:
    counts = PartCounts()
    counts.answers.answered(200, 0.1)
    counts.answers.answered(502, 0.2)
    counts.partial = 1
    for part, outcome in (("a", "there"), ("a", "status"), ("b", "late")):
        counts.part(part, outcome)
    return {"page": {"composed": counts.snapshot()}, "a": {"composed": {}}}


def test_what_became_of_parts() -> None:
    page, new = composed_views(FILE, counted())
    assert (page.requests, page.status, page.partial) == (2, {"2xx": 1, "5xx": 1}, 1)
    a, b = page.parts
    assert (a.there, a.missing, a.optional, a.get) == (1, {"status": 1}, False, "/a")
    assert (b.there, b.missing, b.optional) == (0, {"late": 1}, True)
    assert (new.requests, new.parts[0].missing) == (0, {})


def test_metrics_by_part_and_outcome() -> None:
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in composed_families(counted())
        for sample in family.samples
    }
    assert found["facade_composed_parts_total", "page", "a", "there"] == 1
    assert found["facade_composed_parts_total", "page", "b", "late"] == 1
    assert found["facade_composed_partial_total", "page"] == 1
    assert ("facade_composed_partial_total", "a") not in found
