"""Breakers in words."""

from fig.breakers import ask, text


def _facts(state, **more):
    return {"state": state, "for": None, "next_probe_in": None, "why": ""} | more


def test_a_closed_one_needs_no_more_words():
    assert text({"read": _facts("closed", why="a probe failed")}) == "toward legacy: read closed"


def test_an_open_one_says_since_when_until_when_and_why():
    write = _facts("open", **{"for": 3.2}, next_probe_in=1.25, why="6 of 9 calls failed")
    assert text({"read": _facts("closed"), "write": write}) == (
        "toward legacy: read closed; write open for 3 s, next probe in 1.2 s: 6 of 9 calls failed"
    )


def test_nobody_there_is_no_answer():
    assert ask(9) is None
