"""Machines in `fig status`."""

from fig.output.machines import text

ROUTE = {
    "route": "stock", "mode": "shadow", "passed": 3, "refused": 0, "would_refuse": 2,
    "unchecked": 1, "reasons": {"ended": 2}, "who": [{"key": "client 1: ended", "times": 2}],
}  # fmt: skip
SOURCE = {"name": "p", "place": "https://id.test", "keys": 1, "unknown": 0, "error": ""}


def test_nothing_is_said_where_no_route_asks() -> None:
    assert text({}) == text({"routes": [], "sources": [SOURCE]}) == ""


def test_a_row_for_each_route_and_what_is_wrong() -> None:
    away = {**SOURCE, "name": "q", "keys": None}
    broken = {**SOURCE, "name": "keys", "error": "k.json: broken", "unknown": 5}
    said = text({"routes": [ROUTE, {**ROUTE, "who": []}], "sources": [SOURCE, away, broken]})
    assert "stock" in said and "ended 2" in said and "client 1: ended (2)" in said
    assert "stock: 1 not checked, no key is known yet" in said
    assert "q: no key is known yet (https://id.test)" in said
    assert "keys: k.json: broken" in said and "keys: 5 tokens signed by an unknown key" in said
