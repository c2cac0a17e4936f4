"""What `fig status` says of guards, walks, overrides and a freeze."""

from typing import Any

from fig.output.moves import text

QUIET: dict[str, Any] = {
    "stopped": "", "frozen": None, "override": None, "journal": "/j", "journal_away": "",
    "guards": [], "walks": [], "retreats": [],
}  # fmt: skip


def guard(route: str, stage: str, kind: str, words: str) -> dict[str, Any]:
    return {"route": route, "stage": stage, "kind": kind, "words": words}


def test_where_nothing_is_watched_nothing_is_said() -> None:
    assert text(None) == text(QUIET) == ""


def test_guards_of_routes_on_their_way_say_why() -> None:
    guards = [
        guard("list", "canary", "pause", "3 of 90 pairs differ, 0.1 % may"),
        guard("detail", "legacy", "hold", "no request"),
    ]
    assert text(QUIET | {"guards": guards}).splitlines() == [
        "guard of  says   because",
        "list      pause  3 of 90 pairs differ, 0.1 % may",
    ]
    quiet = [guard("detail", "legacy", "hold", "no request")]
    assert text(QUIET | {"guards": quiet}) == "1 guards watch; all their routes are in legacy"


def test_walks_that_are_over_are_left_out() -> None:
    walk = {
        "routes": ["list", "detail"], "state": "walking", "stands": "shadow",
        "steps": ["canary 5%", "new"], "seconds": 130.0, "words": "stays 12 s more",
    }  # fmt: skip
    said = text(QUIET | {"walks": [walk | {"state": "done"}, walk]})
    assert said == (
        "walking list, detail: shadow → canary 5% → new, about 2 min left\n  stays 12 s more"
    )


def test_what_stops_or_overrides_comes_first() -> None:
    said = text(
        QUIET
        | {
            "stopped": "frozen by anna: a release",
            "override": {"routes": {"list": "shadow"}, "why": "it fails", "at": 1.0},
            "journal_away": "no space left",
            "retreats": [
                {"route": "list", "goals": {"list": "shadow"}, "why": "it fails", "blocked": "x"}
            ],
        }
    )
    assert said.split("\n\n") == [
        "NOTHING MOVES BY ITSELF: frozen by anna: a release",
        "OVERRIDE until the route file is edited: list at shadow\n  it fails",
        "THE JOURNAL CANNOT BE WRITTEN: no space left",
        "MOVING BACK list to shadow: it fails\n  waits: x",
    ]
