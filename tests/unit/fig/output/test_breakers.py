"""Breakers in words."""

from fig.output.breakers import of_facade, text


def _facts(state, **more):
    return {"state": state, "for": None, "next_probe_in": None, "why": ""} | more


def test_a_closed_one_needs_no_more_words():
    closed = _facts("closed", why="a probe failed")
    assert text({"read": closed}) == "orders toward legacy: read closed"


def test_an_open_one_says_since_when_until_when_and_why():
    write = _facts("open", **{"for": 3.2}, next_probe_in=1.25, why="6 of 9 calls failed")
    assert text({"read": _facts("closed"), "write": write}) == (
        "orders toward legacy: read closed;"
        " write open for 3 s, next probe in 1.2 s: 6 of 9 calls failed"
    )


def test_the_facades_are_named_by_upstream_where_they_are_not_closed():
    legacy, catalog, idle = ({"breaker": breaker} for breaker in ({}, {}, {}))
    legacy["breaker"] = {"read": _facts("closed"), "write": _facts("closed")}
    catalog["breaker"] = {"read": _facts("half-open", **{"for": 7.0}, why="a probe failed")}
    assert of_facade({"legacy": legacy, "catalog": catalog, "idle": idle}) == (
        "facade toward catalog: read half-open for 7 s, the next calls are probes: a probe failed"
    )
    assert of_facade({"legacy": legacy, "idle": idle}) == (
        "facade toward legacy: all breakers closed"
    )
    assert of_facade({"idle": idle}) == ""
