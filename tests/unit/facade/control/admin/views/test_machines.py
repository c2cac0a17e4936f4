"""Machines as `/api/status` and `/metrics` show them."""

from facade.control.admin.views.machines import machine_families, machines_view, unknown_keys
from facade.routes.file.reading import load

FILE = load(b"""
upstreams: {legacy: {url: http://h}}
machines:
  keys: {file: k.json}
  issuers: {p: {issuer: a, audience: b, jwks: "https://id.test/keys"}}
routes:
  - {name: a, match: GET /a, stage: legacy, allow: {keys: bookkeeper, mode: enforce}}
  - {name: b, match: GET /b, stage: legacy}
  - {name: c, match: GET /c, stage: legacy, allow: {}}
""").file
COUNTS = {"passed": 3, "refused": 2, "would_refuse": 0, "unchecked": 0, "reasons": {"ended": 2}}
ROUTES = {"a": {"machines": COUNTS}, "b": {"machines": {}}, "c": {}}
WORKERS = [
    {"unproven": {"a": {"client 1: ended": 1}}, "machines": {
        "keys": {"keys": 3, "error": ""}, "p": {"keys": 2, "unknown": 4, "error": ""}}},
    {"unproven": {"a": {"client 1: ended": 4, "client 2: ended": 1}}, "machines": {
        "keys": {"keys": 2, "error": "k.json: broken"},
        "p": {"keys": None, "unknown": 1, "error": ""}}},
    {},
]  # fmt: skip


def test_sums_over_workers() -> None:
    found = machines_view(FILE, ROUTES, WORKERS, {"p": "answered 500"})
    one, other = found.routes
    assert (one.route, one.mode, one.passed, one.refused) == ("a", "enforce", 3, 2)
    assert one.demands == "an API key of bookkeeper" and one.reasons == {"ended": 2}
    assert [(who.key, who.times) for who in one.who] == [
        ("client 1: ended", 5), ("client 2: ended", 1)
    ]  # fmt: skip
    assert (other.route, other.mode, other.passed, other.who) == ("c", "shadow", 0, [])
    keys, issuer = found.sources
    assert (keys.name, keys.place, keys.keys) == ("keys", "k.json", 2)
    assert keys.error == "k.json: broken"
    assert (issuer.keys, issuer.unknown, issuer.error) == (None, 5, "answered 500")


def test_metrics() -> None:
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in machine_families(ROUTES, WORKERS)
        for sample in family.samples
    }
    assert found["facade_machine_requests_total", "a", "refused"] == 2
    assert found["facade_machine_refusals_total", "a", "ended"] == 2
    assert found["facade_machine_keys", "keys"] == 2
    assert found["facade_machine_keys", "p"] == 0, "one worker knows none yet"
    assert not any("b" in name or "c" in name for name in found)


def test_keys_that_are_not_known() -> None:
    assert unknown_keys(WORKERS)["p"] == 5
